/** An image step: take or build the image, deliver it everywhere, and hand its digest on. */

import { showText } from '../base/secret-text.ts'
import type { Outcome } from '../events/outcome.ts'
import type { ImageJob } from '../image-job/image-job.ts'
import type { ImageWork } from '../steps/image-work.ts'
import { acquireImage } from './acquire-image.ts'
import { bakeWork } from './bake-work.ts'
import { claimFiles } from './claim-files.ts'
import { type DeliveredAll, deliverImage } from './deliver-image.ts'
import type { WorkAt, WorkDone } from './do-work.ts'
import { imageFacts } from './image-facts.ts'
import { asVariables, imageOutputs } from './image-outputs.ts'
import { nowKnown } from './reveal.ts'
import type { MadeImage } from './run-images.ts'
import { warnOfShownSecrets } from './shown-secrets.ts'
import { writeReports } from './write-reports.ts'

export async function imageWork(at: WorkAt<ImageWork>): Promise<WorkDone> {
  const { plan } = at.work
  if (plan.kind === 'skip') return { outcome: { kind: 'skipped', because: plan.because }, outputs: [] }
  if (plan.kind === 'deferred') {
    nowKnown(plan.waits[0])
    throw new Error('a deferred job without a deferred value')
  }
  const { source } = plan.job
  if (source.kind === 'build' && source.bake !== undefined) return bakeWork(plan.job, source, source.bake, at)
  const release = claimFiles(plan.job, at)
  try {
    return await makeAndDeliver(plan.job, at)
  } finally {
    release()
  }
}

async function makeAndDeliver(job: ImageJob, at: WorkAt<ImageWork>): Promise<WorkDone> {
  const startedAt = at.context.clock.now()
  const acquired = await acquireImage(job, at)
  try {
    const facts = await imageFacts(acquired.image)
    if (job.source.kind === 'build') await warnOfShownSecrets(acquired.image, at)
    const delivered = await deliverImage(acquired.image, job, facts, at)
    if (job.source.kind === 'build') at.state.images.add({ ...placesOf(delivered, job), ...whose(at), digest: facts.digest, image: acquired.image })
    const seconds = (at.context.clock.now() - startedAt) / 1000
    const { cachedLayers } = acquired
    const outputs = imageOutputs(job, {
      facts,
      pushed: delivered.pushed,
      seconds,
      engine: at.work.engine.name,
      ...pinned(at),
      ...(cachedLayers !== undefined && { cachedLayers }),
    })
    await writeReports({ job, image: acquired.image, facts, pushed: delivered.pushed, outputs }, at)
    return { outcome: outcomeOf(delivered), outputs: asVariables(outputs) }
  } finally {
    await acquired.close()
  }
}

/** Names that it has wherever it went, and the archives that were really written. */
function placesOf(delivered: DeliveredAll, job: ImageJob): Pick<MadeImage, 'names' | 'archives'> {
  return {
    names: [...new Set(job.outputs.flatMap((output) => (output.kind === 'registry' ? nowKnown(output.refs) : nowKnown(output.names))))],
    archives: delivered.archives,
  }
}

function whose({ step, state }: WorkAt<ImageWork>): Pick<MadeImage, 'step' | 'stage'> {
  return { step: step.path, stage: state.stage.path }
}

/** Every target was tried; the first refusal names the outcome, the others go with it. */
function outcomeOf({ problems }: DeliveredAll): Outcome {
  const [first, ...others] = problems
  return first === undefined ? { kind: 'passed' } : { kind: 'errored', problem: first, ...(others.length > 0 && { others }) }
}

function pinned({ work }: WorkAt<ImageWork>): { readonly engineVersion?: string } {
  return work.engine.pinned === undefined ? {} : { engineVersion: showText(nowKnown(work.engine.pinned)) }
}
