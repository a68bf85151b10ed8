/**
 * What a step finds in its environment before its own `envVariables`: the run's own variables, then those of the pipeline, the stage and the groups
 * around it. A nearer one wins. Outputs of earlier steps come on top, in the engine.
 */
import { secretText, type Text } from '../base/secret-text.ts'
import { resolve } from '../dynamic/resolve.ts'
import type { Variable } from '../pipeline/variables.ts'
import type { Report } from '../yaml/shape/shape.ts'
import { runVariables } from './run-variables.ts'
import { scopeAt } from './scope/scope-at.ts'
import type { StepSite } from './site.ts'

export interface StepEnvironment {
  readonly run: Readonly<Record<string, Text>>
  readonly variables: Readonly<Record<string, Text>>
}

export function environmentAt(site: StepSite, report: Report): StepEnvironment {
  const levels = [
    ...[site.pipeline.variables ?? []].map((variables) => variables.map((variable) => overridden(variable, site))),
    (site.stage.variables ?? []).map(entryOf),
    ...site.groups.map(({ group }) => (group.variables ?? []).map(entryOf)),
  ]
  const variables: Record<string, Text> = {}
  for (const { variable, override } of levels.flat()) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(variable.name)) continue
    const text = override ?? textOf(variable, site, report)
    if (text !== undefined) variables[variable.name] = text
  }
  return { run: runVariables(site), variables }
}

interface Entry {
  readonly variable: Variable
  /** `--var`. */
  readonly override?: string | undefined
}

function overridden(variable: Variable, { facts }: StepSite): Entry {
  return { variable, override: Object.hasOwn(facts.variables, variable.name) ? facts.variables[variable.name] : undefined }
}

function entryOf(variable: Variable): Entry {
  return { variable }
}

/** A value that waits for something later is not there yet: whoever needs it then asks by an expression, and is told. */
function textOf(variable: Variable, site: StepSite, report: Report): Text | undefined {
  const dynamic = variable.value ?? variable.default
  const planned = dynamic == null ? undefined : resolve(dynamic, { scope: scopeAt(site), report })
  if (planned?.kind !== 'known') return undefined
  // The value of a Secret variable is the secret's name, unless an expression gave the secret itself.
  return variable.type === 'Secret' && typeof planned.value === 'string' && planned.value !== '' ? secretText(planned.value) : planned.value
}
