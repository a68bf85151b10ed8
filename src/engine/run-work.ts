/** A Run step: its script in the workspace, output as it comes, exit code as outcome. */
import { stepPath } from '../events/step-path.ts'
import type { ProcessSpec } from '../ports/infrastructure.ts'
import type { RunWork } from '../steps/work.ts'
import type { WorkAt, WorkDone } from './do-work.ts'
import { exitOutcome } from './exit-outcome.ts'
import { heardProcess } from './heard-process.ts'
import { outputsOf } from './outputs-of.ts'
import { processStart } from './process-start.ts'
import { stepEnvironment } from './step-environment.ts'
import { stepImage } from './step-image.ts'
import { tellLinks } from './tell-links.ts'
import { tellReports } from './test-reports.ts'

export const graceMs = 10_000

export async function runWork(at: WorkAt<RunWork>): Promise<WorkDone> {
  const { work, step, context } = at
  const end = await heardProcess(await processOf(at), at)
  const { outputs, exports, notes } = outputsOf(work, end, context.redactor)
  for (const note of notes) await context.emit({ kind: 'step.note', step: stepPath(step.path), note })
  await tellReports(at)
  await tellLinks(at)
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
