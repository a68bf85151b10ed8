/** YAML as immutable positioned nodes, independent of the library that parsed the text. An alias is the very node its anchor marks. */
import type { Span } from '../base/span.ts'

export type ScalarStyle = 'plain' | 'single' | 'double' | 'literal' | 'folded'

export interface YamlScalar {
  readonly kind: 'scalar'
  /** By the YAML 1.2 core schema: `yes` is text, `012` the number 12. Integers that a number cannot hold exactly are bigint. */
  readonly value: string | number | boolean | null | bigint
  /** The text as the author sees it: as written when plain (`012345678901`, `1.10`), the content when quoted or a block. */
  readonly source: string
  readonly plain: boolean
  readonly style: ScalarStyle
  readonly at: Span
  /** Where `raw` starts in the file. */
  readonly offset: number
  /** The characters of the file, quotes and block header included. `scalarSpan` needs them. */
  readonly raw: string
  /** Path of the run-time input in whose place it stands. */
  readonly answers?: string
}

export interface YamlEntry {
  readonly key: string
  readonly keyAt: Span
  readonly value: YamlNode
}

export interface YamlMap {
  readonly kind: 'map'
  /** In the order of the file; a key occurs once. Merged entries (`<<`) follow the map's own. */
  readonly entries: readonly YamlEntry[]
  readonly at: Span
}

export interface YamlSeq {
  readonly kind: 'seq'
  readonly items: readonly YamlNode[]
  readonly at: Span
}

export type YamlNode = YamlScalar | YamlMap | YamlSeq

export function entryOf(node: YamlNode | undefined, key: string): YamlEntry | undefined {
  return node?.kind === 'map' ? node.entries.find((entry) => entry.key === key) : undefined
}

/** `key:` with nothing after it, as opposed to an explicit `null` or `~`. */
export function isEmptyNode(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.value === null && node.plain && node.source === ''
}

export function isNullNode(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.value === null
}

/** For messages: "a list", "the number 12", "the text "abc"". */
export function describeNode(node: YamlNode): string {
  if (node.kind === 'map') return 'a map'
  if (node.kind === 'seq') return 'a list'
  if (node.value === null) return 'nothing'
  if (typeof node.value === 'string') return `the text "${shorten(node.value)}"`
  return `the ${typeof node.value === 'boolean' ? 'word' : 'number'} ${shorten(node.source)}`
}

export function shorten(text: string): string {
  const line = text.split(/[\r\n]/, 1)[0] ?? ''
  return line.length > 60 || line.length < text.length ? `${line.slice(0, 60)}…` : text
}
