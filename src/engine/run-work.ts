/** A Run step: its script in the workspace, output as it comes, exit code as outcome. */
import { stepPath } from '../events/step-path.ts'
import type { ProcessSpec, RunningStep } from '../ports/infrastructure.ts'
import type { RunWork } from '../steps/work.ts'
import type { WorkAt, WorkDone } from './do-work.ts'
import { exitOutcome } from './exit-outcome.ts'
import { outputsOf } from './outputs-of.ts'
import { processStart } from './process-start.ts'
import { stepEnvironment } from './step-environment.ts'
import { stepImage } from './step-image.ts'

export const graceMs = 10_000

export async function runWork(at: WorkAt<RunWork>): Promise<WorkDone> {
  const { work, step, state, context } = at
  const running = await state.workspace.start(await processOf(at), { signal: context.signal })
  await pump(running, at)
  const end = await running.end
  const { outputs, exports, notes } = outputsOf(work, end, context.redactor)
  for (const note of notes) await context.emit({ kind: 'step.note', step: stepPath(step.path), note })
  return { outcome: exitOutcome(end.exit), outputs, exports }
}

async function processOf(at: WorkAt<RunWork>): Promise<ProcessSpec> {
  const { work, step, context } = at
  return {
    name: step.path,
    start: await processStart(work.start, context),
    env: await stepEnvironment(work.env, at),
    outputs: work.outputs.map((output) => output.from),
    graceMs,
    ...(work.image !== undefined && { image: await stepImage(work.image, context) }),
  }
}

/** Awaiting each event lets a slow sink slow the step down, instead of filling memory. */
export async function pump(running: RunningStep, { step, context }: WorkAt<unknown>): Promise<void> {
  const decoders = { out: new TextDecoder(), err: new TextDecoder() }
  const masks = { out: context.redactor.stream(), err: context.redactor.stream() }
  const path = stepPath(step.path)
  for await (const { stream, bytes } of running.output) {
    const text = masks[stream].push(decoders[stream].decode(bytes, { stream: true }))
    if (text !== '') await context.emit({ kind: 'step.output', step: path, stream, text })
  }
  for (const stream of ['out', 'err'] as const) {
    const text = masks[stream].push(decoders[stream].decode()) + masks[stream].flush()
    if (text !== '') await context.emit({ kind: 'step.output', step: path, stream, text })
  }
}
