/** Variables to settings, as one family of the original would read them, and a word about each that means nothing. */
import { type Diagnostic, diagnose } from '../base/diagnostic.ts'
import { known } from '../base/planned.ts'
import type { Text } from '../base/secret-text.ts'
import { didYouMean } from '../text/suggest.ts'
import { type AnySetting, collected, readAs, sameValue } from './collect.ts'
import { isPluginName } from './env-name.ts'
import { type ImageSettings, rows, type SettingKey } from './image-settings.ts'
import { knownNames, lookupFor } from './lookup.ts'
import { conflict, misfit, overridden } from './report.ts'
import { type EnvEntry, type OriginKind, rankOf } from './setting.ts'
import type { Family } from './vocabulary.ts'

export type Env = ReadonlyMap<string, EnvEntry>

export interface Reading {
  readonly settings: ImageSettings
  readonly diagnostics: readonly Diagnostic[]
  /** `PLUGIN_` names and fields that no row knows. */
  readonly ignored: readonly string[]
}

export interface ReadOptions {
  /** Unknown names are errors. */
  readonly strict?: boolean
}

export function readEnv(env: Env, family: Family, o: ReadOptions = {}): Reading {
  const lookup = lookupFor(family)
  const found = new Map<SettingKey, AnySetting>()
  const diagnostics: Diagnostic[] = []
  const ignored = [...env.keys()].filter((name) => isPluginName(name) && !lookup.rowOf.has(name))
  for (const name of ignored) diagnostics.push(unknownName(name, env.get(name), o.strict ?? false))
  const present = new Set([...env.keys()].flatMap((name) => lookup.rowOf.get(name) ?? []))
  for (const key of present) {
    const given = (lookup.namesOf.get(key) ?? []).flatMap((name) => env.get(name) ?? [])
    const setting = readRow(key, given, diagnostics)
    if (setting !== undefined) found.set(key, setting)
  }
  return { settings: collected(found), diagnostics, ignored }
}

/** A plain record as an environment, every entry from the same place. */
export function envFrom(record: Readonly<Record<string, Text>>, kind: OriginKind): Env {
  return new Map(Object.entries(record).map(([name, value]) => [name, { value: known(value), origin: { kind, name } }]))
}

/** The most specific origin wins; on one level the first name in lookup order, even when it is empty. */
function readRow(key: SettingKey, given: readonly EnvEntry[], diagnostics: Diagnostic[]): AnySetting | undefined {
  const read = given.toSorted((a, b) => rankOf(a.origin) - rankOf(b.origin)).map((entry) => readEntry(key, entry, diagnostics))
  const [first, ...others] = read.filter((setting) => setting !== undefined)
  if (first === undefined) return undefined
  for (const other of others) {
    if (sameValue(first.value, other.value)) continue
    const sameLevel = rankOf(first.origin) === rankOf(other.origin)
    if (!sameLevel) diagnostics.push(overridden(first.origin, other.origin))
    else if (isPluginName(first.origin.name) && isPluginName(other.origin.name)) diagnostics.push(conflict(first.origin, other.origin))
  }
  return first
}

function readEntry(key: SettingKey, entry: EnvEntry, diagnostics: Diagnostic[]): AnySetting | undefined {
  if (entry.value.kind === 'deferred') return { value: entry.value, origin: entry.origin }
  const read = readAs(key, entry.value.value)
  if (read.kind === 'value') return { value: known(read.value), origin: entry.origin }
  if (read.kind === 'wrong') diagnostics.push(misfit(entry.origin, read, rows[key]?.secret ?? false))
  return undefined
}

function unknownName(name: string, entry: EnvEntry | undefined, strict: boolean): Diagnostic {
  return diagnose(
    'SETTINGS_UNKNOWN_VARIABLE',
    { name },
    { at: entry?.origin.at, hint: didYouMean(name, knownNames), ...(strict && { severity: 'error' as const }) },
  )
}
