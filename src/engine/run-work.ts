/** A Run step: its script in the workspace, output as it comes, exit code as outcome. */
import { diagnose } from '../base/diagnostic.ts'
import type { Outcome, StepExit } from '../events/outcome.ts'
import { stepPath } from '../events/step-path.ts'
import type { ProcessSpec, RunningStep } from '../ports/infrastructure.ts'
import type { SecretValue } from '../ports/secret-source.ts'
import type { RunWork } from '../steps/work.ts'
import type { WorkAt, WorkDone } from './do-work.ts'
import { processStart } from './process-start.ts'
import { nowKnown, revealValue } from './reveal.ts'
import { stepImage } from './step-image.ts'

const graceMs = 10_000

export async function runWork(at: WorkAt<RunWork>): Promise<WorkDone> {
  const { work, state, context } = at
  const running = await state.workspace.start(await processOf(at), { signal: context.signal })
  await pump(running, at)
  const { exit, outputs } = await running.end
  const found = work.outputs.flatMap(({ name, from, secret }) => {
    const value = outputs.get(from)
    if (value === undefined) return []
    if (secret) context.redactor.register(value)
    return [{ name, value, secret }]
  })
  return { outcome: outcomeOf(exit), outputs: found }
}

async function processOf({ work, step, context }: WorkAt<RunWork>): Promise<ProcessSpec> {
  const env = new Map<string, string | SecretValue>()
  for (const [name, value] of Object.entries(work.env)) env.set(name, await revealValue(nowKnown(value), context))
  return {
    name: step.path,
    start: await processStart(work.start, context),
    env,
    outputs: work.outputs.map((output) => output.from),
    graceMs,
    ...(work.image !== undefined && { image: await stepImage(work.image, context) }),
  }
}

/** Awaiting each event lets a slow sink slow the step down, instead of filling memory. */
async function pump(running: RunningStep, { step, context }: WorkAt<RunWork>): Promise<void> {
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

function outcomeOf(exit: StepExit): Outcome {
  if (exit.kind === 'exited' && exit.code === 0) return { kind: 'passed' }
  if (exit.kind === 'exited') return { kind: 'failed', exit, problem: diagnose('STEP_EXIT_CODE', { exit: exit.code }) }
  return { kind: 'failed', exit, problem: diagnose('STEP_KILLED', { signal: exit.kind === 'killed' ? exit.signal : 'SIGKILL' }) }
}
