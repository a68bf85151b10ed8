/** Settings to the variables a family of the original would be given: the inverse of readEnv. */
import { mapPlanned, type Planned } from '../base/planned.ts'
import type { Text } from '../base/secret-text.ts'
import { codecs } from './codec.ts'
import { type AnySetting, entriesOf, kindOf } from './collect.ts'
import type { ImageSettings, SettingKey } from './image-settings.ts'
import { lookupFor } from './lookup.ts'
import type { Kind, Values } from './row.ts'
import type { Family } from './vocabulary.ts'

/** Names in table order. */
export function writeEnv(settings: ImageSettings, family: Family): ReadonlyMap<string, Planned<Text>> {
  const lookup = lookupFor(family)
  return new Map(entriesOf(settings).map(([key, setting]) => [lookup.namesOf.get(key)?.[0] ?? key, writeSetting(key, setting)]))
}

function writeSetting(key: SettingKey, setting: AnySetting): Planned<Text> {
  return mapPlanned(setting.value, (value) => write(kindOf(key), value))
}

/** The value was made by this kind's codec, which the type of a single entry cannot say. */
function write<K extends Kind>(kind: K, value: Values[Kind]): Text {
  return codecs[kind].write(value as Values[K])
}
