/** A process of a step, heard to its end. It does not outlive its step: where hearing it fails, it is asked to end first. */
import { stepPath } from '../events/step-path.ts'
import type { OutputChunk, ProcessSpec, StepEnd } from '../ports/infrastructure.ts'
import type { WorkAt } from './do-work.ts'
import { tellOutput } from './step-output.ts'

/** `through`: looks at the output on its way. */
export async function heardProcess(
  spec: ProcessSpec,
  { step, state, context }: WorkAt<unknown>,
  through: (output: AsyncIterable<OutputChunk>) => AsyncIterable<OutputChunk> = (output) => output,
): Promise<StepEnd> {
  const over = new AbortController()
  const running = await state.workspace.start(spec, { signal: AbortSignal.any([context.signal, over.signal]) })
  try {
    await tellOutput(through(running.output), stepPath(step.path), context)
    return await running.end
  } catch (error) {
    over.abort(error)
    // Otherwise the next try of the step would run beside it.
    await running.end.catch(() => undefined)
    throw error
  }
}
