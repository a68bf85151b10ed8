/** Which row a variable means to a family, and in which order a row's names are looked up. */
import { type EnvName, isNative, isPluginName } from './env-name.ts'
import { rows, type SettingKey, settingKeys } from './image-settings.ts'
import type { Family } from './vocabulary.ts'

export interface Lookup {
  readonly rowOf: ReadonlyMap<string, SettingKey>
  /** The names the family's own program reads come first, then those borrowed from its siblings. */
  readonly namesOf: ReadonlyMap<SettingKey, readonly string[]>
  /** Names that the family's own program reads. */
  readonly native: ReadonlySet<string>
}

const made = new Map<string, Lookup>()

export function lookupFor(family: Family): Lookup {
  const id = `${family.tool}/${family.variant}`
  const known = made.get(id) ?? makeLookup(family)
  made.set(id, known)
  return known
}

/** Every name of the table, for "did you mean". */
export const knownNames: readonly string[] = [...new Set(Object.values(rows).flatMap((row) => row.env.map((name) => name.name)))]

function makeLookup(family: Family): Lookup {
  const rowOf = new Map<string, SettingKey>()
  const native = new Set<string>()
  const namesOf = new Map<SettingKey, string[]>()
  const claim = (key: SettingKey, name: string): void => {
    if (!rowOf.has(name)) rowOf.set(name, key)
    const names = namesOf.get(key) ?? []
    if (rowOf.get(name) === key && !names.includes(name)) names.push(name)
    namesOf.set(key, names)
  }
  for (const key of settingKeys) {
    for (const name of (rows[key]?.env ?? []).filter((n) => isNative(n, family))) {
      native.add(name.name)
      claim(key, name.name)
    }
  }
  for (const key of settingKeys) {
    for (const name of (rows[key]?.env ?? []).filter((n) => isBorrowed(n, family))) claim(key, name.name)
  }
  return { rowOf, namesOf, native }
}

/** `PLUGIN_` names work everywhere; names any program might use for its own ends only among plugins of the same registry. */
function isBorrowed(name: EnvName, family: Family): boolean {
  return isPluginName(name.name) || name.tools.length === 0 || name.variants.includes(family.variant)
}
