/** Values of secret outputs never leave. (What a secret is written into is masked before it is stored.) */
import type { OutputVariable, Recorded } from '../events/run-event.ts'
import type { RunView, StepView } from '../events/run-view.ts'

const mask = '********'

export function withoutSecrets(recorded: Recorded): Recorded {
  const { event } = recorded
  return event.kind === 'step.outputs' ? { ...recorded, event: { ...event, outputs: event.outputs.map(masked) } } : recorded
}

/** As JSON has it: lists in the place of maps. */
export function viewJson({ stages, steps, ...view }: RunView): object {
  return { ...view, stages: [...stages.values()], steps: [...steps.values()].map((step): StepView => ({ ...step, outputs: step.outputs.map(masked) })) }
}

function masked(output: OutputVariable): OutputVariable {
  return output.secret ? { ...output, value: mask } : output
}
