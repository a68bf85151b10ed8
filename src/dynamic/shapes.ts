/** Shapes of values that may be expressions: a shape for what is written out, and a conversion for what an expression gives. */
import type { Text } from '../base/secret-text.ts'
import { isSecretText } from '../base/secret-text.ts'
import { newBudget } from '../expr/evaluation.ts'
import { renderText } from '../expr/render.ts'
import type { ExprValue } from '../expr/value.ts'
import { list, mapOf } from '../yaml/shape/collections.ts'
import { anyOf } from '../yaml/shape/combine.ts'
import type { Shape } from '../yaml/shape/shape.ts'
import { choice, type TextOptions, text } from '../yaml/shape/text.ts'
import { flag, integer } from '../yaml/shape/values.ts'
import type { Dynamic } from './dynamic.ts'
import { dynamic } from './dynamic-shape.ts'

/** Text, perhaps with secrets in it. */
export function dynText(o: TextOptions = {}): Shape<Dynamic<Text>> {
  return dynamic<Text>(text(o), { expected: o.patternName ?? 'a text', convert: (value) => accepted(textOf(value), o) })
}

function textOf(value: ExprValue): Text {
  return renderText(value, newBudget(), { start: 0, end: 0 })
}

function accepted(value: Text, o: TextOptions): Text | undefined {
  if (typeof value !== 'string' || o.pattern === undefined) return value
  return new RegExp(`^(?:${o.pattern.source})$`, o.pattern.flags).test(value) ? value : undefined
}

export function dynFlag(o: { readonly doc?: string } = {}): Shape<Dynamic<boolean>> {
  return dynamic(flag(o), { expected: 'true or false', convert: toFlag })
}

function toFlag(value: ExprValue): boolean | undefined {
  if (value === true || value === 'true') return true
  return value === false || value === 'false' ? false : undefined
}

export function dynInteger(o: { readonly doc?: string; readonly min?: number } = {}): Shape<Dynamic<number>> {
  return dynamic(integer(o), { expected: 'a whole number', convert: (value) => toInteger(value, o.min) })
}

function toInteger(value: ExprValue, min = Number.NEGATIVE_INFINITY): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isInteger(number) && number >= min ? number : undefined
}

export function dynChoice<const W extends string>(allowed: readonly W[], o: { readonly doc?: string } = {}): Shape<Dynamic<W>> {
  return dynamic(choice(allowed, o), { expected: `one of: ${allowed.join(', ')}`, convert: (value) => allowed.find((word) => word === value) })
}

/** A list whose items may be expressions, or one expression for the whole list. */
export type DynamicList = readonly Dynamic<Text>[] | Dynamic<readonly Text[]>

export function dynList(o: { readonly doc?: string; readonly nonEmpty?: boolean; readonly orOne?: boolean } = {}): Shape<DynamicList> {
  const one = dynamic<readonly Text[]>(o.orOne === true ? oneItem : noItem, { expected: 'a list', convert: toList })
  return anyOf({ seq: list(dynText({ nonEmpty: true }), o), scalar: one }, o)
}

const oneItem: Shape<readonly Text[]> = { read: (node) => (node.kind === 'scalar' ? [node.source] : undefined), schema: () => ({ type: 'string' }) }
const noItem: Shape<readonly Text[]> = list(text())

/** An expression may give a list, or a text with commas. */
function toList(value: ExprValue): readonly Text[] | undefined {
  if (typeof value === 'string') return value.split(',').map((item) => item.trim())
  if (isSecretText(value)) return [value]
  return Array.isArray(value) ? value.map((item: ExprValue) => textOf(item)) : undefined
}

export type DynamicMap = ReadonlyMap<string, Dynamic<Text>>

export function dynMap(o: { readonly doc?: string } = {}): Shape<DynamicMap> {
  return mapOf(dynText(), o)
}
