/** One knob of an image step: every name it has, its type, its default, and what it does here and in the original. */
import type { Text } from '../base/secret-text.ts'
import type { EnvName } from './env-name.ts'
import type { Pair, Setting } from './setting.ts'
import type { Engine, Family, Tool, Variant } from './vocabulary.ts'

/** What a row's text means. `specs`: semicolon list whose plain parts may be comma lists; `hosts`: list, or `true` for all. */
export interface Values {
  readonly text: Text
  readonly flag: boolean
  readonly count: number
  readonly list: readonly Text[]
  readonly semicolons: readonly Text[]
  readonly specs: readonly Text[]
  readonly hosts: readonly Text[]
  readonly pairs: readonly Pair[]
  readonly 'semicolon-pairs': readonly Pair[]
}
export type Kind = keyof Values

export type Effect =
  | { readonly kind: 'honoured' }
  /** Accepted so that files work unchanged, and `because` says why nothing happens. `advised`: the documents tell to set it, whatever the tool. */
  | { readonly kind: 'none'; readonly because: string; readonly advised?: true }
  /** Matters only when this engine runs; does not choose it. */
  | { readonly kind: 'only'; readonly engine: Engine; readonly because: string }
  /** Needs this engine, and so chooses it. */
  | { readonly kind: 'engine'; readonly engine: Engine; readonly because: string }

export interface Fallback<T> {
  readonly tools?: readonly Tool[]
  readonly variants?: readonly Variant[]
  readonly value: T
}

export interface YamlKeys {
  readonly keys: { readonly [V in Variant]?: readonly string[] }
  /** Spellings that stand for another value: `optimize: true` is snapshot mode `redo`. A missing spelling sets nothing. */
  readonly means?: Readonly<Record<string, string>>
  /** For a map: a list will do as well, and a name alone in it says something. */
  readonly nameList?: true
}

export interface Row<K extends Kind = Kind> {
  readonly kind: K
  readonly env: readonly EnvName[]
  readonly yaml?: YamlKeys
  /** First entry that fits the family; none means "no value". */
  readonly fallbacks: readonly Fallback<Values[K]>[]
  readonly secret: boolean
  readonly effect: Effect
  /** Engines with which it does nothing, though it does elsewhere, and why. */
  readonly unless: Readonly<Partial<Record<Engine, string>>>
  /** The registry variants it can matter for in Slipway. */
  readonly variants: readonly Variant[]
  /** Tools that read the name and then do nothing with it. */
  readonly deadIn: readonly Tool[]
  readonly doc: string
}

export type SettingTable = Readonly<Record<string, Row>>
export type ValuesOf<T extends SettingTable> = { readonly [K in keyof T]?: Setting<Values[T[K]['kind']]> }

export function fallbackOf<K extends Kind>(row: Row<K>, family: Family): Values[K] | undefined {
  const fits = (f: Fallback<Values[K]>): boolean =>
    (f.tools === undefined || f.tools.includes(family.tool)) && (f.variants === undefined || f.variants.includes(family.variant))
  return row.fallbacks.find(fits)?.value
}

/** The tools with which the original does something with this knob. */
export function toolsOf(row: Row): readonly Tool[] {
  const readers = new Set(row.env.flatMap((name) => name.tools))
  return [...readers].filter((tool) => !row.deadIn.includes(tool))
}
