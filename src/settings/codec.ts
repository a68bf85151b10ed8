/** One entry per kind of row: how its text is read, and how its value is written so that reading gives it back. */
import { isSecretText, joinText, type Text } from '../base/secret-text.ts'
import { commaList, type ListForm, readItems, semicolonList, specList, writeItems } from './items.ts'
import type { Kind, Values } from './row.ts'
import type { Pair } from './setting.ts'

/** `nothing`: present, but says nothing (an empty number). */
export type Read<T> =
  | { readonly kind: 'value'; readonly value: T }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'wrong'; readonly want: Wanted; readonly got: string }
export type Wanted = 'flag' | 'count' | 'plain' | 'pair' | 'text' | 'list' | 'map'

export interface Codec<T> {
  readonly read: (text: Text) => Read<T>
  readonly write: (value: T) => Text
}

/** The words the original's flag library takes; an empty text is false. */
export const flagWords: Readonly<Record<string, boolean>> = Object.assign(Object.create(null), {
  '1': true,
  t: true,
  T: true,
  TRUE: true,
  true: true,
  True: true,
  '0': false,
  f: false,
  F: false,
  FALSE: false,
  false: false,
  False: false,
  '': false,
})

export const codecs: { readonly [K in Kind]: Codec<Values[K]> } = {
  text: { read: (text) => ({ kind: 'value', value: text }), write: (text) => text },
  flag: { read: readFlag, write: (value) => String(value) },
  count: { read: readCount, write: (value) => String(value) },
  list: listCodec(commaList),
  semicolons: listCodec(semicolonList),
  specs: listCodec(specList),
  hosts: { read: readHosts, write: (items) => writeItems(items, commaList) },
  pairs: pairCodec(commaList),
  'semicolon-pairs': pairCodec(semicolonList),
}

function readFlag(text: Text): Read<boolean> {
  if (isSecretText(text)) return { kind: 'wrong', want: 'plain', got: '' }
  const value = flagWords[text.trim()]
  return value === undefined ? { kind: 'wrong', want: 'flag', got: text } : { kind: 'value', value }
}

function readCount(text: Text): Read<number> {
  if (isSecretText(text)) return { kind: 'wrong', want: 'plain', got: '' }
  if (text.trim() === '') return { kind: 'nothing' }
  const value = /^[+-]?\d{1,15}$/.test(text.trim()) ? Number(text) + 0 : undefined
  return value === undefined ? { kind: 'wrong', want: 'count', got: text } : { kind: 'value', value }
}

function listCodec(form: ListForm): Codec<readonly Text[]> {
  return {
    read: (text) => {
      const { items, marks } = readItems(text, form)
      return { kind: 'value', value: items.map(marks.restore) }
    },
    write: (items) => writeItems(items, form),
  }
}

/** The original took a flag where its engine took hosts: `true` is every host. */
function readHosts(text: Text): Read<readonly Text[]> {
  const { items, marks } = readItems(text, commaList)
  const word = items.length === 1 ? flagWords[items[0] ?? ''] : undefined
  if (word !== undefined) return { kind: 'value', value: word ? ['*'] : [] }
  return { kind: 'value', value: items.map(marks.restore) }
}

function pairCodec(form: ListForm): Codec<readonly Pair[]> {
  return { read: (text) => readPairs(text, form), write: (pairs) => writeItems(pairs.map(showPair), form) }
}

function readPairs(text: Text, form: ListForm): Read<readonly Pair[]> {
  const { items, marks } = readItems(text, form)
  const pairs: Pair[] = []
  for (const item of items) {
    const at = item.indexOf('=')
    const name = at === -1 ? item : item.slice(0, at)
    if (name === '') return { kind: 'wrong', want: 'pair', got: item }
    if (marks.hasMark(name)) return { kind: 'wrong', want: 'pair', got: '' }
    pairs.push(at === -1 ? { name } : { name, value: marks.restore(item.slice(at + 1)) })
  }
  return { kind: 'value', value: pairs }
}

export function showPair(pair: Pair): Text {
  return pair.value === undefined ? pair.name : joinText(`${pair.name}=`, pair.value)
}
