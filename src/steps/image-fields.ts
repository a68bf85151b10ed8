/** All that an image step was given: its fields, its variables, and those of the stage and pipeline, each with where it came from. */
import { diagnose } from '../base/diagnostic.ts'
import { known, mapPlanned, type Planned } from '../base/planned.ts'
import type { Text } from '../base/secret-text.ts'
import { secretText } from '../base/secret-text.ts'
import type { Dynamic } from '../dynamic/dynamic.ts'
import { type Resolving, resolve } from '../dynamic/resolve.ts'
import { resolveTree } from '../dynamic/resolve-many.ts'
import type { ImageSpec } from '../pipeline/steps/image-step.ts'
import type { Variable } from '../pipeline/variables.ts'
import { isPluginName } from '../settings/env-name.ts'
import { envValue } from '../settings/env-value.ts'
import { knownNames } from '../settings/lookup.ts'
import { mergeEnv } from '../settings/merge.ts'
import type { YamlField, YamlFields } from '../settings/read-yaml.ts'
import type { EnvEntry, OriginKind } from '../settings/setting.ts'
import type { stepFields } from '../settings/yaml-fields.ts'
import type { YamlValue } from '../settings/yaml-value.ts'
import { didYouMean } from '../text/suggest.ts'

export interface Given {
  readonly fields: YamlFields
  readonly env: ReadonlyMap<string, EnvEntry>
  readonly connectorRef?: Planned<Text>
  /** Of a step that names several: all but the first. */
  readonly otherConnectors: readonly Planned<Text>[]
  /** Where it stands in place of a connector. */
  readonly registryRef?: Planned<Text>
  readonly baseConnectors: readonly Planned<Text>[]
}

export interface VariableScopes {
  readonly stage: readonly Variable[]
  readonly pipeline: readonly Variable[]
}

export function givenTo(spec: ImageSpec, scopes: VariableScopes, o: Resolving): Given {
  const fields = new Map<string, YamlField>()
  for (const [name, tree] of spec.fields) {
    const value = name === 'envVariables' ? undefined : resolveTree(tree, o)
    if (value !== undefined) fields.set(name, { value: value as Planned<YamlValue>, at: tree.at })
    // Its expression has been reported: the field is not missing on top of that.
    else if (name !== 'envVariables')
      fields.set(name, { value: { kind: 'deferred', source: name, until: 'its expression is mended', at: tree.at }, at: tree.at })
  }
  const connector = textField(fields, 'connectorRef')
  const registryRef = connector === undefined ? textField(fields, 'registryRef') : undefined
  const one = connector ?? registryRef
  const [connectorRef, ...otherConnectors] = [...(one === undefined ? [] : [one]), ...listField(fields, 'connectorRefs')]
  return {
    fields,
    env: environment(spec, scopes, o),
    ...(connectorRef !== undefined && { connectorRef }),
    otherConnectors,
    ...(registryRef !== undefined && { registryRef }),
    baseConnectors: listField(fields, 'baseImageConnectorRefs'),
  }
}

/** Step over stage over pipeline; what is overridden is told. */
function environment(spec: ImageSpec, scopes: VariableScopes, o: Resolving): ReadonlyMap<string, EnvEntry> {
  const levels = [stepVariables(spec, o), scopeVariables('stage-variable', scopes.stage, o), scopeVariables('pipeline-variable', scopes.pipeline, o)]
  const { value, diagnostics } = mergeEnv(...levels)
  for (const d of diagnostics) o.report(d)
  return value
}

/** Only names of plugin settings are taken from variables of stage and pipeline: the rest are not meant for the build. */
export function scopeVariables(kind: OriginKind, variables: readonly Variable[], o: Resolving): ReadonlyMap<string, EnvEntry> {
  const env = new Map<string, EnvEntry>()
  for (const variable of variables) {
    const dynamic: Dynamic<Text> | undefined = variable.value ?? variable.default ?? undefined
    const planned = dynamic === undefined || !isPluginName(variable.name) ? undefined : resolve(dynamic, o)
    if (planned === undefined) continue
    const value = variable.type === 'Secret' ? mapPlanned(planned, byName) : planned
    env.set(variable.name, { value, origin: { kind, name: variable.name, at: variable.at } })
  }
  return env
}

function stepVariables(spec: ImageSpec, o: Resolving): ReadonlyMap<string, EnvEntry> {
  const env = new Map<string, EnvEntry>()
  const own = spec.fields.get('envVariables')
  for (const { key: name, value: tree } of own?.kind === 'map' ? own.entries : []) {
    const { at } = tree
    if (!isPluginName(name) && !knownNames.includes(name) && !name.startsWith('FAKE_'))
      o.report(diagnose('SETTINGS_UNKNOWN_VARIABLE', { name }, { at, hint: didYouMean(name, knownNames) }))
    const planned = resolveTree(tree, o)
    if (planned === undefined) continue
    const origin = { kind: 'step-env', name, at } as const
    if (planned.kind === 'deferred') {
      env.set(name, { value: planned, origin })
      continue
    }
    const { text, diagnostics } = envValue(name, planned.value as YamlValue, at)
    for (const d of diagnostics) o.report(d)
    if (text !== undefined) env.set(name, { value: known(text), origin })
  }
  return env
}

/** The value of a Secret variable is the secret's name, unless an expression gave the secret itself. */
function byName(value: Text): Text {
  return typeof value === 'string' ? secretText(value) : value
}

function textField(fields: ReadonlyMap<string, YamlField>, name: (typeof stepFields)[number]): Planned<Text> | undefined {
  const value = fields.get(name)?.value
  if (value?.kind !== 'known') return value
  return typeof value.value === 'string' ? known(value.value) : undefined
}

function listField(fields: ReadonlyMap<string, YamlField>, name: (typeof stepFields)[number]): readonly Planned<Text>[] {
  const value = fields.get(name)?.value
  if (value?.kind !== 'known') return value === undefined ? [] : [value]
  const items = Array.isArray(value.value) ? (value.value as readonly YamlValue[]) : [value.value]
  return items.flatMap((item) => (typeof item === 'string' ? [known(item)] : []))
}
