/** The short hand the tables are written in: one function per kind of row. */
import type { EnvName } from './env-name.ts'
import type { Effect, Fallback, Kind, Row, Values, YamlKeys } from './row.ts'
import { type Engine, type Tool, type Variant, variants } from './vocabulary.ts'

export interface Definition<K extends Kind> {
  readonly env: readonly EnvName[]
  readonly yaml?: YamlKeys
  readonly fallback?: Values[K]
  readonly fallbacks?: readonly Fallback<Values[K]>[]
  readonly secret?: true
  readonly effect?: Effect
  readonly unless?: Row['unless']
  readonly variants?: readonly Variant[]
  readonly deadIn?: readonly Tool[]
  readonly doc: string
}

function define<K extends Kind>(kind: K): (d: Definition<K>) => Row<K> {
  return (d) => ({
    kind,
    env: d.env,
    ...(d.yaml !== undefined && { yaml: d.yaml }),
    fallbacks: [...(d.fallbacks ?? []), ...(d.fallback === undefined ? [] : [{ value: d.fallback }])],
    secret: d.secret ?? false,
    effect: d.effect ?? { kind: 'honoured' },
    unless: d.unless ?? {},
    variants: d.variants ?? variants,
    deadIn: d.deadIn ?? [],
    doc: d.doc,
  })
}

export const text = define('text')
/** With a default it is two-valued; without one, "not said" stays distinct from "false". */
export const flag = define('flag')
export const count = define('count')
export const list = define('list')
export const semicolons = define('semicolons')
export const specs = define('specs')
export const hosts = define('hosts')
export const pairs = define('pairs')
export const semicolonPairs = define('semicolon-pairs')

/** The same key in every step type. */
export function key(...keys: readonly string[]): YamlKeys {
  return { keys: { docker: keys, ecr: keys, gar: keys, gcr: keys, acr: keys } }
}

export function keyIn(keys: YamlKeys['keys'], means?: YamlKeys['means']): YamlKeys {
  return { keys, ...(means !== undefined && { means }) }
}

export function none(because: string): Extract<Effect, { kind: 'none' }> {
  return { kind: 'none', because }
}

export function onlyWith(engine: Engine, because: string): Effect {
  return { kind: 'only', engine, because }
}

export function needs(engine: Engine, because: string): Effect {
  return { kind: 'engine', engine, because }
}
