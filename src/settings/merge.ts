/** Several levels into one: the most specific origin wins, and where the loser said otherwise that is told. */
import type { Diagnostic } from '../base/diagnostic.ts'
import { type AnySetting, collected, entriesOf, sameValue } from './collect.ts'
import type { ImageSettings, SettingKey } from './image-settings.ts'
import type { Env } from './read-env.ts'
import { overridden } from './report.ts'
import { type EnvEntry, type Origin, rankOf } from './setting.ts'

export interface Merged<T> {
  readonly value: T
  readonly diagnostics: readonly Diagnostic[]
}

/** Step variables, fields, outputs, stage variables, pipeline variables: in any order, precedence is by origin. */
export function mergeSettings(...levels: readonly ImageSettings[]): Merged<ImageSettings> {
  const merged = merge<SettingKey, AnySetting>(levels.map(entriesOf))
  return { value: collected(merged.value), diagnostics: merged.diagnostics }
}

export function mergeEnv(...levels: readonly Env[]): Merged<Env> {
  return merge<string, EnvEntry>(levels)
}

type Sourced = { readonly value: EnvEntry['value'] | AnySetting['value']; readonly origin: Origin }

function merge<K, V extends Sourced>(levels: readonly Iterable<readonly [K, V]>[]): Merged<ReadonlyMap<K, V>> {
  const best = new Map<K, V>()
  const diagnostics: Diagnostic[] = []
  for (const level of levels) {
    for (const [key, entry] of level) {
      const other = best.get(key)
      const wins = other === undefined || rankOf(entry.origin) < rankOf(other.origin)
      if (wins) best.set(key, entry)
      if (other !== undefined && !sameValue(other.value, entry.value))
        diagnostics.push(overridden((wins ? entry : other).origin, (wins ? other : entry).origin))
    }
  }
  return { value: best, diagnostics }
}
