/** The variables that one program of the original reads, for its `--help`: made from the settings table. */
import { showText } from '../../base/secret-text.ts'
import { codecs } from '../../settings/codec.ts'
import { familyName } from '../../settings/family-names.ts'
import { type SettingKey, settingKeys, topics } from '../../settings/image-settings.ts'
import { lookupFor } from '../../settings/lookup.ts'
import { fallbackOf, type Kind, type Row, type SettingTable, type Values } from '../../settings/row.ts'
import type { Family } from '../../settings/vocabulary.ts'

export function variablesHelp(family: Family): string {
  const { native, namesOf } = lookupFor(family)
  const sections = Object.entries(topics).flatMap(([topic, table]: [string, SettingTable]) => {
    const lines = Object.entries(table).flatMap(([key, row]) => {
      const names = (namesOf.get(key as SettingKey) ?? []).filter((name) => native.has(name))
      return names.length === 0 ? [] : rowLines(names, row, family)
    })
    return lines.length === 0 ? [] : [`${topic}:`, ...lines, '']
  })
  const count = settingKeys.filter((key) => (namesOf.get(key) ?? []).some((name) => native.has(name))).length
  return [`Variables of ${familyName(family)} (${count} settings; where there are several names, the first one that is set counts):`, '', ...sections].join(
    '\n',
  )
}

function rowLines(names: readonly string[], row: Row, family: Family): readonly string[] {
  const preset = fallbackOf(row, family)
  const value = preset === undefined ? '' : `; default ${showText(written(row.kind, preset))}`
  const secret = row.secret ? ', secret' : ''
  return [`  ${names.join(', ')}`, `      ${row.doc} (${row.kind}${secret}${value})`]
}

/** The value was made for this kind, which the type of a table's row cannot say. */
function written<K extends Kind>(kind: K, value: Values[Kind]) {
  return codecs[kind].write(value as Values[K])
}
