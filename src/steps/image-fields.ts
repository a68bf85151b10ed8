/** All that an image step was given: its fields, its variables, and those of the stage and pipeline, each with where it came from. */
import { known, mapPlanned, type Planned } from '../base/planned.ts'
import type { Text } from '../base/secret-text.ts'
import { isSecretText, secretText } from '../base/secret-text.ts'
import type { Dynamic } from '../dynamic/dynamic.ts'
import { type Resolving, resolve } from '../dynamic/resolve.ts'
import { resolveTree } from '../dynamic/resolve-many.ts'
import type { ExprValue } from '../expr/value.ts'
import type { ImageSpec } from '../pipeline/steps/image-step.ts'
import type { Variable } from '../pipeline/variables.ts'
import { isPluginName } from '../settings/env-name.ts'
import type { YamlField, YamlFields } from '../settings/read-yaml.ts'
import type { EnvEntry, OriginKind } from '../settings/setting.ts'
import type { stepFields } from '../settings/yaml-fields.ts'
import type { YamlValue } from '../settings/yaml-value.ts'

export interface Given {
  readonly fields: YamlFields
  readonly env: ReadonlyMap<string, EnvEntry>
  readonly connectorRef?: Planned<Text>
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
  }
  const connectorRef = textField(fields, 'connectorRef') ?? textField(fields, 'registryRef')
  return {
    fields,
    env: environment(spec, scopes, o),
    ...(connectorRef !== undefined && { connectorRef }),
    baseConnectors: listField(fields, 'baseImageConnectorRefs'),
  }
}

/** Step over stage over pipeline. Only names of plugin settings are taken from variables: the rest are not meant for the build. */
function environment(spec: ImageSpec, scopes: VariableScopes, o: Resolving): ReadonlyMap<string, EnvEntry> {
  const env = new Map<string, EnvEntry>()
  const add = (kind: OriginKind, name: string, value: Planned<Text>, at: EnvEntry['origin']['at']): void => {
    env.set(name, { value, origin: { kind, name, ...(at !== undefined && { at }) } })
  }
  for (const [kind, variables] of [
    ['pipeline-variable', scopes.pipeline],
    ['stage-variable', scopes.stage],
  ] as const) {
    for (const variable of variables) {
      const dynamic: Dynamic<Text> | undefined = variable.value ?? variable.default ?? undefined
      const value = dynamic === undefined || !isPluginName(variable.name) ? undefined : resolve(dynamic, o)
      if (value !== undefined) add(kind, variable.name, variable.type === 'Secret' ? mapPlanned(value, byName) : value, variable.at)
    }
  }
  const own = spec.fields.get('envVariables')
  for (const { key, value } of own?.kind === 'map' ? own.entries : []) {
    const planned = resolveTree(value, o)
    if (planned !== undefined) add('step-env', key, planned.kind === 'known' ? known(asText(planned.value)) : planned, value.at)
  }
  return env
}

/** The value of a Secret variable is the secret's name, unless an expression gave the secret itself. */
function byName(value: Text): Text {
  return typeof value === 'string' ? secretText(value) : value
}

function asText(value: ExprValue): Text {
  if (typeof value === 'string' || isSecretText(value)) return value
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '')
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
