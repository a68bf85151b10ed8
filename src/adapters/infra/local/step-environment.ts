/** What a step on this machine finds in its environment: little of the machine's own, and what the pipeline says. */
import type { ProcessSpec } from '../../../ports/infrastructure.ts'

/** What a step inherits from the machine; everything else is the pipeline's. */
const inherited = ['PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'LC_ALL', 'TZ', 'TERM']

export interface StepPlaces {
  /** The workspace as the step sees it. */
  readonly workspace: string
  /** Gone with the stage. */
  readonly temporary: string
}

export function stepEnvironment(
  { env: own }: Pick<ProcessSpec, 'env'>,
  machine: Readonly<Record<string, string | undefined>>,
  { workspace, temporary }: StepPlaces,
): Record<string, string> {
  const env: Record<string, string> = {}
  for (const name of inherited) {
    const value = machine[name]
    if (value !== undefined) env[name] = value
  }
  return { ...env, TMPDIR: temporary, ...pipelineEnvironment({ env: own }, workspace) }
}

export function pipelineEnvironment({ env }: Pick<ProcessSpec, 'env'>, workspace: string): Record<string, string> {
  const own = [...env].map(([name, value]) => [name, typeof value === 'string' ? value : value.reveal()] as const)
  return { HARNESS_WORKSPACE: workspace, DRONE_WORKSPACE: workspace, CI: 'true', ...Object.fromEntries(own) }
}
