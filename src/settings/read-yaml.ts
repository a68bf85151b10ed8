/** The `spec` of a build-and-push step to settings. Expressions are evaluated already; what is still unknown stays deferred. */
import { type Diagnostic, diagnose } from '../base/diagnostic.ts'
import { known, type Planned } from '../base/planned.ts'
import { isSecretText } from '../base/secret-text.ts'
import type { Span } from '../base/span.ts'
import { didYouMean } from '../text/suggest.ts'
import { type AnySetting, collected, kindOf, readAs } from './collect.ts'
import { type ImageSettings, rows, type SettingKey } from './image-settings.ts'
import type { Reading } from './read-env.ts'
import { misfit } from './report.ts'
import { type Origin, type Pair, showOrigin } from './setting.ts'
import { type StepType, stepTypes, type Variant } from './vocabulary.ts'
import { fieldRows, nameOf, requiredFields, stepFields } from './yaml-fields.ts'
import { isArray, isPairKind, readYamlValue, scalarText, type YamlValue } from './yaml-value.ts'

export interface YamlField {
  readonly value: Planned<YamlValue>
  readonly at?: Span
}
export type YamlFields = ReadonlyMap<string, YamlField>

/** `at` is the place of the step, for what is missing. */
export function readYaml(stepType: StepType, fields: YamlFields, o: { readonly at?: Span } = {}): Reading {
  const variant = stepTypes[stepType]
  const keys = fieldRows(variant)
  const found = new Map<SettingKey, AnySetting>()
  const diagnostics = missing(variant, fields, o.at)
  const ignored: string[] = []
  for (const [name, field] of fields) {
    const key = keys.get(name)
    if (key !== undefined) readField(key, { name, field, variant, found, diagnostics })
    else if (!stepFields.some((other) => other === name)) {
      ignored.push(name)
      diagnostics.push(unknownField(stepType, name, field, [...keys.keys(), ...stepFields]))
    }
  }
  return { settings: withCommaSafeArgs(collected(found)), diagnostics, ignored }
}

interface FieldTask {
  readonly name: string
  readonly field: YamlField
  readonly variant: Variant
  readonly found: Map<SettingKey, AnySetting>
  readonly diagnostics: Diagnostic[]
}

function readField(key: SettingKey, { name, field, variant, found, diagnostics }: FieldTask): void {
  const origin: Origin = { kind: 'yaml', name, ...(field.at !== undefined && { at: field.at }) }
  const other = found.get(key)
  if (other !== undefined) diagnostics.push(diagnose('SETTINGS_TWICE', { first: other.origin.name, second: name }, { at: field.at }))
  if (field.value.kind === 'deferred') {
    found.set(key, { value: field.value, origin })
    return
  }
  const value = field.value.value
  if (typeof value === 'number' && key === 'account')
    diagnostics.push(diagnose('SETTINGS_NUMBER_FOR_TEXT', { what: nameOf(key, variant), value }, { at: field.at }))
  const read = nameAlone(key, value) ?? readMeaning(key, value)
  if (read.kind === 'value') found.set(key, { value: known(read.value), origin })
  else if (read.kind === 'wrong') diagnostics.push(misfit(origin, read, rows[key]?.secret ?? false))
  if (read.kind === 'value' && isListForMap(key, value)) diagnostics.push(diagnose('SETTINGS_LIST_FOR_MAP', { what: showOrigin(origin) }, { at: field.at }))
}

function isListForMap(key: SettingKey, value: YamlValue): boolean {
  return isPairKind(kindOf(key)) && isArray(value) && rows[key]?.yaml?.nameList !== true
}

/** In place of a map, an item that names no value is a slip. */
function nameAlone(key: SettingKey, value: YamlValue): ReturnType<typeof readAs> | undefined {
  const got = isListForMap(key, value) && isArray(value) ? value.find((item) => typeof item === 'string' && !item.includes('=')) : undefined
  return typeof got === 'string' ? { kind: 'wrong', want: 'pair', got } : undefined
}

/** A field may be another spelling of its row: `optimize: true` is the text `redo`. */
function readMeaning(key: SettingKey, value: YamlValue): ReturnType<typeof readAs> {
  const means = rows[key]?.yaml?.means
  if (means === undefined) return readYamlValue(kindOf(key), value)
  const word = scalarText(value)
  const flag = readYamlValue('flag', value)
  if (flag.kind !== 'value') return flag
  const text = means[flag.value === true ? 'true' : 'false']
  return text === undefined || word === undefined ? { kind: 'nothing' } : readAs(key, text)
}

function missing(variant: Variant, fields: YamlFields, at: Span | undefined): Diagnostic[] {
  const absent = (name: string): boolean => {
    const value = fields.get(name)?.value
    return value === undefined || (value.kind === 'known' && (value.value === null || value.value === ''))
  }
  return requiredFields[variant]
    .filter((oneOf) => oneOf.every(absent) && (!oneOf.includes('connectorRef') || absent('connectorRefs')))
    .map((oneOf) => diagnose('SETTINGS_REQUIRED', { field: oneOf.join(' or '), type: typeName(variant) }, { at }))
}

function typeName(variant: Variant): string {
  return Object.entries(stepTypes).find(([, v]) => v === variant)?.[0] ?? variant
}

function unknownField(stepType: StepType, name: string, field: YamlField, names: readonly string[]): Diagnostic {
  return diagnose('SETTINGS_UNKNOWN_FIELD', { field: name, type: stepType }, { at: field.at, hint: didYouMean(name, names) })
}

/** A value with a comma does not survive the comma list: then the original's other list is used, with its switch. */
function withCommaSafeArgs(settings: ImageSettings): ImageSettings {
  const args = settings.buildArgs
  if (args?.value.kind !== 'known' || !args.value.value.some(holdsComma)) return settings
  const { buildArgs: _, ...rest } = settings
  return { ...rest, buildArgsNew: args, multipleBuildArgs: { value: known(true), origin: args.origin } }
}

function holdsComma(pair: Pair): boolean {
  const texts = isSecretText(pair.value) ? pair.value.pieces : [pair.value]
  return [pair.name, ...texts].some((text) => typeof text === 'string' && text.includes(','))
}
