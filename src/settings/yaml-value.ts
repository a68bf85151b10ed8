/** A YAML field's value for a row: scalars are read like variables, but never as maps; lists and maps keep their items whole. */
import { isSecretText, type Text } from '../base/secret-text.ts'
import { codecs, type Read, type Wanted } from './codec.ts'
import type { Kind, Values } from './row.ts'
import type { Pair } from './setting.ts'

export type YamlValue = Text | number | boolean | null | readonly YamlValue[] | { readonly [key: string]: YamlValue }

type ListKind = 'list' | 'semicolons' | 'specs' | 'hosts'
type PairKind = 'pairs' | 'semicolon-pairs'

export function readYamlValue(kind: Kind, value: YamlValue): Read<Values[Kind]> {
  if (value === null) return { kind: 'nothing' }
  if (isPairKind(kind)) return readPairs(value)
  const scalar = scalarText(value)
  if (scalar !== undefined) return codecs[kind].read(scalar)
  if (isListKind(kind)) return isArray(value) ? readList(value) : wrong('list')
  return wrong('text')
}

export function isPairKind(kind: Kind): kind is PairKind {
  return kind === 'pairs' || kind === 'semicolon-pairs'
}

export function scalarText(value: YamlValue): Text | undefined {
  if (typeof value === 'string' || isSecretText(value)) return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

function readList(values: readonly YamlValue[]): Read<readonly Text[]> {
  const items = values.map(scalarText)
  return items.every((item) => item !== undefined) ? { kind: 'value', value: items } : wrong('list')
}

/** Text is no map, though a variable would hold it so; the empty text is what an input without a value leaves. */
function readPairs(value: YamlValue): Read<readonly Pair[]> {
  if (value === '') return { kind: 'nothing' }
  if (isArray(value)) return readPairList(value)
  return scalarText(value) === undefined ? readMap(value) : wrong('map')
}

function readPairList(values: readonly YamlValue[]): Read<readonly Pair[]> {
  const pairs: Pair[] = []
  for (const value of values) {
    const item = scalarText(value)
    if (typeof item !== 'string') return wrong('map')
    const at = item.indexOf('=')
    if (at === 0 || item === '') return { kind: 'wrong', want: 'pair', got: item }
    pairs.push(at === -1 ? { name: item } : { name: item.slice(0, at), value: item.slice(at + 1) })
  }
  return { kind: 'value', value: pairs }
}

function readMap(value: YamlValue): Read<readonly Pair[]> {
  const pairs: Pair[] = []
  for (const [name, member] of Object.entries(value ?? {})) {
    const text = member === null ? '' : scalarText(member)
    if (text === undefined) return wrong('map')
    if (name === '' || name.includes('=')) return { kind: 'wrong', want: 'pair', got: name }
    pairs.push({ name, value: text })
  }
  return { kind: 'value', value: pairs }
}

function wrong(want: Wanted): Read<never> {
  return { kind: 'wrong', want, got: '' }
}

export function isArray(value: YamlValue): value is readonly YamlValue[] {
  return Array.isArray(value)
}

function isListKind(kind: Kind): kind is ListKind {
  return kind === 'list' || kind === 'semicolons' || kind === 'specs' || kind === 'hosts'
}
