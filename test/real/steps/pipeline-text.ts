/** Pipelines of one stage, from what their steps say. */

export interface StepSays {
  readonly image?: string
  readonly user?: string
  readonly pull?: 'Always' | 'Never'
  readonly outputs?: readonly string[]
  readonly privileged?: boolean
}

export type StepText = object

/** JSON is YAML. */
export function pipeline(steps: readonly StepText[], more: object = {}): string {
  const spec = { cloneCodebase: false, ...more, execution: { steps: steps.map((step) => ({ step })) } }
  return JSON.stringify({ pipeline: { ...named('p'), projectIdentifier: 'a', orgIdentifier: 'b', stages: [{ stage: { ...named('s'), type: 'CI', spec } }] } })
}

export function step(id: string, command: string | undefined, says: StepSays = {}): StepText {
  return { ...named(id), type: 'Run', spec: { shell: 'Sh', ...(command !== undefined && { command }), ...settings(says) } }
}

export function background(id: string, command: string, image: string): StepText {
  return { ...named(id), type: 'Background', spec: { shell: 'Sh', command, ...settings({ image }) } }
}

function settings({ image, user, pull, outputs, privileged }: StepSays): object {
  return {
    ...(image !== undefined && { image, imagePullPolicy: pull ?? 'IfNotPresent' }),
    ...(user !== undefined && { runAsUser: user }),
    ...(privileged !== undefined && { privileged }),
    ...(outputs !== undefined && { outputVariables: outputs.map((name) => ({ name })) }),
  }
}

function named(id: string): object {
  return { identifier: id, name: id }
}
