/** A Background step: its service is started for the stage; the step is done once that is ready, or at once if nobody says how to know. */
import { problem } from '../base/problem.ts'
import { stepPath } from '../events/step-path.ts'
import type { OutputChunk, ProcessSpec, RunningStep } from '../ports/infrastructure.ts'
import type { ServiceWork } from '../steps/work.ts'
import type { WorkAt, WorkDone } from './do-work.ts'
import { exitText } from './exit-outcome.ts'
import { processStart } from './process-start.ts'
import { isReady, type ReadyWatch, readyWatch } from './ready-watch.ts'
import { graceMs } from './run-work.ts'
import { stepEnvironment } from './step-environment.ts'
import { stepImage } from './step-image.ts'
import { tellOutput } from './step-output.ts'

const usualMs = 120_000

export async function serviceWork(at: WorkAt<ServiceWork>): Promise<WorkDone> {
  const { state, step } = at
  const spec = await processOf(at)
  const watch = await readyWatch(at, spec)
  const log = (running: RunningStep) => tellOutput(heard(running.output, watch), stepPath(step.path), at.context)
  const service = await state.services.add(step, (signal) => state.workspace.start(spec, { signal }), log)
  const diedEarly = service.ended.then((exit) => {
    throw problem('SERVICE_ENDED_EARLY', { exit: exitText(exit) }, { at: step.at })
  })
  diedEarly.catch(() => undefined)
  // It was ready before, for all that its end may have come since.
  const wasReady = state.resumed?.past.part(step.path)?.end?.outcome.kind === 'passed'
  try {
    if (!wasReady) await Promise.race([allReady(watch, at), diedEarly])
  } catch (error) {
    await service.end()
    throw error
  }
  service.watch()
  return { outcome: { kind: 'passed' }, outputs: [] }
}

async function processOf(at: WorkAt<ServiceWork>): Promise<ProcessSpec> {
  const { work, step, context } = at
  return {
    name: step.path,
    start: await processStart(work.start, context),
    env: await stepEnvironment(work.env, at),
    outputs: [],
    ports: work.ports,
    graceMs,
    ...(work.image !== undefined && { image: await stepImage(work.image, context) }),
  }
}

async function* heard(output: AsyncIterable<OutputChunk>, watch: ReadyWatch): AsyncGenerator<OutputChunk> {
  for await (const chunk of output) {
    watch.hear(chunk.bytes)
    yield chunk
  }
}

/** A step with a `timeout:` has that long; its end then is the timeout's. */
async function allReady(watch: ReadyWatch, { step, context }: WorkAt<ServiceWork>): Promise<void> {
  const { clock, signal } = context
  const until = step.timeoutMs === undefined ? clock.now() + usualMs : Number.POSITIVE_INFINITY
  for (const check of watch.checks) {
    while (!(await isReady(check, signal))) {
      if (clock.now() >= until) throw problem('SERVICE_NOT_READY', { limit: '2 minutes', waited: check.waitsFor }, { at: step.at })
      await clock.sleep(check.everyMs, { signal })
    }
    await context.emit({ kind: 'step.note', step: stepPath(step.path), note: check.note })
  }
}
