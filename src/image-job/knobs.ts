/** Settings as jobs ask for them: with defaults, as plain strings, and with every complaint and every wait noted. */
import { type Diagnostic, diagnose } from '../base/diagnostic.ts'
import { type Deferred, known, mapPlanned, type Planned } from '../base/planned.ts'
import { isSecretText, type Text } from '../base/secret-text.ts'
import type { Span } from '../base/span.ts'
import { type ImageSettings, imageSettings, type SettingKey } from '../settings/image-settings.ts'
import { fallbackOf, type Kind, type Row, type Values } from '../settings/row.ts'
import type { Family } from '../settings/vocabulary.ts'
import { nameOf } from '../settings/yaml-fields.ts'

type KindOf<K extends SettingKey> = (typeof imageSettings)[K]['kind']
type KeysOf<T extends Kind> = { [K in SettingKey]: KindOf<K> extends T ? K : never }[SettingKey]
type ListKey = KeysOf<'list' | 'semicolons' | 'specs' | 'hosts'>

export interface Knobs {
  readonly family: Family
  readonly diagnostics: Diagnostic[]
  /** Values that a decision needed and that are not known yet. */
  readonly waits: Deferred[]
  get<K extends SettingKey>(key: K): Planned<Values[KindOf<K>]> | undefined
  /** True when somebody set it; an empty text counts as not set. */
  given(key: SettingKey): boolean
  /** A decision: undefined, and noted as a wait, when not known yet. */
  decided<K extends SettingKey>(key: K): Values[KindOf<K>] | undefined
  on(key: KeysOf<'flag'>): boolean
  number(key: KeysOf<'count'>): number | undefined
  /** Text that is printed and used as a name, so it cannot be a secret. Empty is absent. */
  plain(key: KeysOf<'text'>): Planned<string> | undefined
  text(key: KeysOf<'text'>): Planned<Text> | undefined
  texts(key: ListKey): Planned<readonly string[]>
  at(key: SettingKey): Span | undefined
  /** `repo (PLUGIN_REPO)`, as messages say it. */
  name(key: SettingKey): string
}

export function knobs(settings: ImageSettings, family: Family, at?: Span): Knobs {
  const diagnostics: Diagnostic[] = []
  const waits: Deferred[] = []
  const spanOf = (key: SettingKey): Span | undefined => settings[key]?.origin.at ?? at
  const get = <K extends SettingKey>(key: K): Planned<Values[KindOf<K>]> | undefined => settingValue(settings, key, family)
  const plainText = (key: SettingKey, text: Text): string => {
    if (!isSecretText(text)) return text
    diagnostics.push(diagnose('JOB_SECRET_IN_NAME', { what: nameOf(key, family.variant) }, { at: spanOf(key) }))
    return text.pieces.map((piece) => (typeof piece === 'string' ? piece : 'secret')).join('')
  }
  const decided = <K extends SettingKey>(key: K): Values[KindOf<K>] | undefined => {
    const value = get(key)
    if (value?.kind === 'deferred') waits.push(value)
    return value?.kind === 'known' ? value.value : undefined
  }
  return {
    family,
    diagnostics,
    waits,
    get,
    decided,
    given: (key) => isGiven(settings[key]?.value),
    on: (key) => decided(key) === true,
    number: (key) => decided(key),
    plain: (key) => {
      const value = get(key)
      return value === undefined || isEmpty(value) ? undefined : mapPlanned(value, (text) => plainText(key, text))
    },
    text: (key) => {
      const value = get(key)
      return value === undefined || isEmpty(value) ? undefined : value
    },
    texts: (key) => mapPlanned<readonly Text[], readonly string[]>(get(key) ?? known([]), (list) => list.map((text) => plainText(key, text))),
    at: spanOf,
    name: (key) => nameOf(key, family.variant),
  }
}

function isGiven(value: Planned<unknown> | undefined): boolean {
  return value !== undefined && !isEmpty(value)
}

function isEmpty(value: Planned<unknown>): boolean {
  return value.kind === 'known' && value.value === ''
}

/** The setting's value, else the family's default. The table's type says what each key holds. */
function settingValue<K extends SettingKey>(settings: ImageSettings, key: K, family: Family): Planned<Values[KindOf<K>]> | undefined {
  const setting = settings[key]
  if (setting !== undefined) return setting.value as Planned<Values[KindOf<K>]>
  const fallback = fallbackOf(imageSettings[key] as Row<KindOf<K>>, family)
  return fallback === undefined ? undefined : known(fallback)
}
