/** The YAML fields of each step type: which row each means, which are required, which belong to the step around it. */
import { rows, type SettingKey, settingKeys } from './image-settings.ts'
import type { Variant } from './vocabulary.ts'

/** Fields of `spec` that other readers own. */
export const stepFields = ['connectorRef', 'registryRef', 'connectorRefs', 'baseImageConnectorRefs', 'envVariables', 'resources', 'runAsUser'] as const

/** Each entry is a field, or fields of which one is enough. */
export const requiredFields: Readonly<Record<Variant, readonly (readonly string[])[]>> = {
  docker: [['connectorRef', 'registryRef'], ['repo'], ['tags']],
  ecr: [['connectorRef'], ['region'], ['account'], ['imageName'], ['tags']],
  gar: [['connectorRef'], ['host'], ['projectID'], ['imageName'], ['tags']],
  gcr: [['connectorRef'], ['host'], ['projectID'], ['imageName'], ['tags']],
  acr: [['connectorRef'], ['repository'], ['tags']],
}

export function fieldRows(variant: Variant): ReadonlyMap<string, SettingKey> {
  return new Map(settingKeys.flatMap((key) => keysOf(key, variant).map((field) => [field, key] as const)))
}

export function keysOf(key: SettingKey, variant: Variant): readonly string[] {
  return rows[key]?.yaml?.keys[variant] ?? []
}

/** What to call a knob in a message: its field when the step type has one, with its variable. */
export function nameOf(key: SettingKey, variant: Variant): string {
  const field = keysOf(key, variant)[0]
  const variable = rows[key]?.env[0]?.name ?? key
  return field === undefined ? variable : `${field} (${variable})`
}
