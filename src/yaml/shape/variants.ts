/** Maps that say what they are: by their one key (`step:` or `parallel:`), or by the word at a tag (`type: Run`). */
import { diagnose } from '../../base/diagnostic.ts'
import type { Span } from '../../base/span.ts'
import { didYouMean } from '../../text/suggest.ts'
import { entryOf, isNullNode, type YamlMap } from '../node.ts'
import { wrongKind } from './collections.ts'
import { type AnyShape, type JsonSchema, keyPath, placeName, type Report, type SchemaContext, type Shape, type ShapeType, withDoc } from './shape.ts'
import { scalarOf } from './text.ts'

export type Cases = { readonly [key: string]: AnyShape }

export type OnlyKeyOf<C extends Cases> = { [K in keyof C & string]: { readonly key: K; readonly value: ShapeType<C[K]>; readonly at: Span } }[keyof C & string]

/** Exactly one of the keys, as `- step: {…}` in a list of steps. */
export function onlyKey<const C extends Cases>(cases: C, o: { readonly doc?: string } = {}): Shape<OnlyKeyOf<C>> {
  const allowed = Object.keys(cases)
  return {
    ...(o.doc !== undefined && { doc: o.doc }),
    read(node, report, path) {
      if (node.kind !== 'map') return wrongKind(node, report, path, `a map with one of the keys ${quoted(allowed)}`)
      const entry = node.entries[0]
      const shape = entry === undefined || !Object.hasOwn(cases, entry.key) ? undefined : cases[entry.key]
      if (entry === undefined || node.entries.length > 1 || shape === undefined) return reportKeys(node, allowed, report, path)
      const value = shape.read(entry.value, report, keyPath(path, entry.key))
      return value === undefined ? undefined : ({ key: entry.key, value, at: node.at } as OnlyKeyOf<C>)
    },
    schema: (context) => withDoc({ oneOf: allowed.map((key) => onlyKeySchema(key, cases, context)) }, o.doc),
  }
}

function reportKeys(map: YamlMap, allowed: readonly string[], report: Report, path: string): undefined {
  const keys = map.entries.map((entry) => entry.key)
  const stranger = map.entries.find((entry) => !allowed.includes(entry.key))
  const found = keys.length === 0 ? '; it is empty' : `, not ${quoted(keys)}`
  const at = (stranger ?? map.entries[1])?.keyAt ?? map.at
  const hint = stranger === undefined ? undefined : didYouMean(stranger.key, allowed)
  report(diagnose('YAML_ONE_KEY', { where: placeName(path), allowed: quoted(allowed), found }, { at, hint }))
  return undefined
}

function onlyKeySchema(key: string, cases: Cases, context: SchemaContext): JsonSchema {
  return { type: 'object', properties: { [key]: cases[key]?.schema(context) ?? {} }, required: [key], additionalProperties: false }
}

function quoted(keys: readonly string[]): string {
  return keys.map((key) => `"${key}"`).join(', ')
}

export interface TaggedOptions<Tag extends string, C extends Cases, U> {
  readonly tag: Tag
  /** Each reads the whole map, the tag's own entry being taken care of. */
  readonly cases: C
  /** Reads maps whose tag is a word that is not listed. Without it such a word is an error. */
  readonly unknownCase?: Shape<U>
  readonly doc?: string
}

export type TaggedOf<Tag extends string, C extends Cases> = {
  [K in keyof C & string]: { readonly [T in Tag]: K } & ShapeType<C[K]>
}[keyof C & string]

/** A discriminated union: `{ type: Run, … }`. The result carries the tag and its word. */
export function tagged<const Tag extends string, const C extends Cases, U = never>(o: TaggedOptions<Tag, C, U>): Shape<TaggedOf<Tag, C> | U> {
  const words = Object.keys(o.cases)
  const shapes = new Map(words.map((word) => [word, leaving(o.cases[word], o.tag, { const: word })]))
  const other = leaving(o.unknownCase, o.tag, { type: 'string', not: { enum: words } })
  const all: readonly (AnyShape | undefined)[] = [...shapes.values(), other]
  return {
    ...(o.doc !== undefined && { doc: o.doc }),
    read(node, report, path) {
      if (node.kind !== 'map') return wrongKind(node, report, path, 'a map')
      const word = readTag(node, o.tag, report, path)
      if (word === undefined) return undefined
      const shape = shapes.get(word)
      if (shape === undefined && other !== undefined) return other.read(node, report, path) as U | undefined
      if (shape === undefined) return reportWord(node, o.tag, word, words, report, path)
      const value = shape.read(node, report, path)
      return value === undefined ? undefined : ({ ...(value as object), [o.tag]: word } as TaggedOf<Tag, C>)
    },
    schema: (context) => withDoc({ oneOf: all.flatMap((shape) => shape?.schema(context) ?? []) }, o.doc),
  }
}

function leaving<S extends AnyShape | undefined>(shape: S, key: string, schema: JsonSchema): S {
  return (shape?.leaving?.(key, schema) ?? shape) as S
}

function readTag(map: YamlMap, tag: string, report: Report, path: string): string | undefined {
  const entry = entryOf(map, tag)
  if (entry !== undefined && !isNullNode(entry.value)) return scalarOf(entry.value, report, keyPath(path, tag), 'a word')?.source
  report(diagnose('YAML_MISSING_KEY', { key: tag, where: placeName(path) }, { at: entry?.keyAt ?? map.at }))
  return undefined
}

function reportWord(map: YamlMap, tag: string, word: string, words: readonly string[], report: Report, path: string): undefined {
  const hint = didYouMean(word, words) ?? `known: ${words.join(', ')}`
  report(diagnose('YAML_UNKNOWN_TAG_VALUE', { where: placeName(path), tag, found: word }, { at: entryOf(map, tag)?.value.at ?? map.at, hint }))
  return undefined
}
