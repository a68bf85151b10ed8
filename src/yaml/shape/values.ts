/** Shapes of numbers, switches and free JSON. */
import { diagnose } from '../../base/diagnostic.ts'
import type { Json } from '../../base/json.ts'
import { shorten, type YamlNode } from '../node.ts'
import { nodeToJson } from '../to-json.ts'
import { type JsonSchema, type Report, type Shape, withDoc } from './shape.ts'
import { scalarOf } from './text.ts'

export interface NumberOptions {
  readonly doc?: string
  readonly min?: number
  readonly max?: number
}

export function number(o: NumberOptions = {}): Shape<number> {
  return numeric(o, { type: 'number', expected: 'a number', accepts: Number.isFinite })
}

export function integer(o: NumberOptions = {}): Shape<number> {
  return numeric(o, { type: 'integer', expected: 'a whole number', accepts: Number.isSafeInteger })
}

interface Numeric {
  readonly type: 'number' | 'integer'
  readonly expected: string
  readonly accepts: (n: number) => boolean
}

/** A quoted number is a number too: templates often quote everything. */
function numeric(o: NumberOptions, kind: Numeric): Shape<number> {
  const expected = kind.expected + range(o)
  return {
    ...(o.doc !== undefined && { doc: o.doc }),
    read(node, report, path) {
      const scalar = scalarOf(node, report, path, expected)
      if (scalar === undefined) return undefined
      const value = typeof scalar.value === 'number' ? scalar.value : /^[-+]?\d+(\.\d+)?$/.test(scalar.source) ? Number(scalar.source) : Number.NaN
      if (kind.accepts(value) && value >= (o.min ?? -Infinity) && value <= (o.max ?? Infinity)) return value
      report(diagnose('YAML_NOT_A_NUMBER', { path, expected, found: shorten(scalar.source) }, { at: node.at }))
      return undefined
    },
    schema: () => withDoc({ type: kind.type, ...(o.min !== undefined && { minimum: o.min }), ...(o.max !== undefined && { maximum: o.max }) }, o.doc),
  }
}

function range(o: NumberOptions): string {
  if (o.min !== undefined && o.max !== undefined) return ` from ${o.min} to ${o.max}`
  if (o.min !== undefined) return ` of at least ${o.min}`
  return o.max !== undefined ? ` of at most ${o.max}` : ''
}

const oldBooleans: Readonly<Record<string, boolean>> = { yes: true, no: false, on: true, off: false, y: true, n: false }

export function flag(o: { readonly doc?: string } = {}): Shape<boolean> {
  return {
    ...(o.doc !== undefined && { doc: o.doc }),
    read: (node, report, path) => readFlag(node, report, path),
    schema: () => withDoc({ type: 'boolean' }, o.doc),
  }
}

function readFlag(node: YamlNode, report: Report, path: string): boolean | undefined {
  const scalar = scalarOf(node, report, path, 'true or false')
  if (scalar === undefined) return undefined
  const word = scalar.source.toLowerCase()
  if (word === 'true' || word === 'false') return word === 'true'
  const old = Object.hasOwn(oldBooleans, word) ? oldBooleans[word] : undefined
  if (old === undefined) report(diagnose('YAML_NOT_A_FLAG', { path, found: shorten(scalar.source) }, { at: node.at }))
  else report(diagnose('YAML_OLD_BOOLEAN', { path, found: scalar.source, value: String(old) }, { at: node.at }))
  return old
}

/** Whatever stands there, as JSON. */
export function anyJson(o: { readonly doc?: string } = {}): Shape<Json> {
  const schema: JsonSchema = {}
  return { ...(o.doc !== undefined && { doc: o.doc }), acceptsNull: true, read: nodeToJson, schema: () => withDoc(schema, o.doc) }
}
