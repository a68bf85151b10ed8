/** Gathers settings by key. The one place where the table's generic type becomes the exact one. */
import { canonicalJson } from '../base/json.ts'
import type { Planned } from '../base/planned.ts'
import type { Text } from '../base/secret-text.ts'
import { codecs, type Read } from './codec.ts'
import { type ImageSettings, rows, type SettingKey, settingKeys } from './image-settings.ts'
import type { Kind, Values } from './row.ts'
import type { Setting } from './setting.ts'

export type AnySetting = Setting<Values[Kind]>

/** Table order, so that equal input gives equal bytes. Every value was made by its row's codec. */
export function collected(found: ReadonlyMap<SettingKey, AnySetting>): ImageSettings {
  const entries = settingKeys.flatMap((key) => {
    const setting = found.get(key)
    return setting === undefined ? [] : [[key, setting] as const]
  })
  return Object.fromEntries(entries) as ImageSettings
}

export function entriesOf(settings: ImageSettings): readonly (readonly [SettingKey, AnySetting])[] {
  return settingKeys.flatMap((key) => {
    const setting = settings[key]
    return setting === undefined ? [] : [[key, setting] as const]
  })
}

export function readAs(key: SettingKey, text: Text): Read<Values[Kind]> {
  return codecs[kindOf(key)].read(text)
}

export function kindOf(key: SettingKey): Kind {
  return rows[key]?.kind ?? 'text'
}

export function sameValue(a: Planned<unknown>, b: Planned<unknown>): boolean {
  return canonicalJson(a.kind === 'known' ? a.value : a.source) === canonicalJson(b.kind === 'known' ? b.value : b.source)
}
