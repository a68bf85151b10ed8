/** The variables whose values a build asks for by name, as secrets or arguments: the step's own, else the stage's, else the pipeline's. */
import { known, mapPlanned, type Planned } from '../base/planned.ts'
import { secretText, type Text } from '../base/secret-text.ts'
import { type Resolving, resolve } from '../dynamic/resolve.ts'
import { resolveTree } from '../dynamic/resolve-many.ts'
import type { JobPlan } from '../image-job/image-job.ts'
import type { ImageSpec } from '../pipeline/steps/image-step.ts'
import type { VariableScopes } from './image-fields.ts'

type Variable = (name: string) => Planned<Text> | undefined
export type BuildVariables = Readonly<Record<string, Planned<Text>>>

/** What is not there is left out: whether that is wrong is for the one who asks. `last`: where nothing else has it. */
export function buildVariables(plan: JobPlan, spec: ImageSpec, scopes: VariableScopes, o: Resolving, last: Variable): BuildVariables {
  const found: Record<string, Planned<Text>> = {}
  const all = plan.kind === 'job' && plan.job.source.kind === 'build' && plan.job.source.bake !== undefined ? everyName(spec, scopes) : []
  for (const name of [...namesAsked(plan), ...all]) {
    const value = ofStep(name, spec, o) ?? ofScope(name, scopes.stage, o) ?? ofScope(name, scopes.pipeline, o) ?? last(name)
    if (value !== undefined) found[name] = value
  }
  return found
}

export function namesAsked(plan: JobPlan): ReadonlySet<string> {
  const names = new Set<string>()
  if (plan.kind !== 'job' || plan.job.source.kind !== 'build') return names
  const { secrets, args } = plan.job.source
  for (const { from } of secrets.kind === 'known' ? secrets.value : []) if (from.kind === 'environment') names.add(from.name)
  for (const arg of args.kind === 'known' ? args.value : []) if (arg.kind === 'environment') for (const name of arg.from) names.add(name)
  return names
}

/** A bake file may ask for any of them. */
function everyName(spec: ImageSpec, { stage, pipeline }: VariableScopes): readonly string[] {
  const own = spec.fields.get('envVariables')
  const given = own?.kind === 'map' ? own.entries.map(({ key }) => key).filter((key) => !key.startsWith('PLUGIN_')) : []
  return [...given, ...[...stage, ...pipeline].map(({ name }) => name)]
}

function ofStep(name: string, spec: ImageSpec, o: Resolving): Planned<Text> | undefined {
  const own = spec.fields.get('envVariables')
  const entry = own?.kind === 'map' ? own.entries.find(({ key }) => key === name) : undefined
  const planned = entry && resolveTree(entry.value, o)
  if (planned === undefined || planned.kind === 'deferred') return planned
  const { value } = planned
  return known(typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'secret-text' ? (value as Text) : String(value))
}

export function ofScope(name: string, variables: VariableScopes['stage'], o: Resolving): Planned<Text> | undefined {
  const variable = variables.find((one) => one.name === name)
  const dynamic = variable?.value ?? variable?.default
  const planned = dynamic === undefined ? undefined : resolve(dynamic, o)
  if (planned === undefined || variable?.type !== 'Secret') return planned
  return mapPlanned(planned, (value) => (typeof value === 'string' ? secretText(value) : value))
}
