/** An image step: take or build the image, deliver it everywhere, and hand its digest on. */

import type { Outcome } from '../events/outcome.ts'
import type { OutputVariable } from '../events/run-event.ts'
import type { ImageJob } from '../image-job/image-job.ts'
import type { ImageWork } from '../steps/image-work.ts'
import { acquireImage } from './acquire-image.ts'
import { type DeliveredAll, deliverImage } from './deliver-image.ts'
import type { WorkAt, WorkDone } from './do-work.ts'
import { type ImageFacts, imageFacts } from './image-facts.ts'
import { nowKnown } from './reveal.ts'

export async function imageWork(at: WorkAt<ImageWork>): Promise<WorkDone> {
  const { plan } = at.work
  if (plan.kind === 'skip') return { outcome: { kind: 'skipped', because: plan.because }, outputs: [] }
  if (plan.kind === 'deferred') {
    nowKnown(plan.waits[0])
    throw new Error('a deferred job without a deferred value')
  }
  const startedAt = at.context.clock.now()
  const acquired = await acquireImage(plan.job, at)
  try {
    const facts = await imageFacts(acquired.image)
    const delivered = await deliverImage(acquired.image, plan.job, facts, at)
    const seconds = (at.context.clock.now() - startedAt) / 1000
    return { outcome: outcomeOf(delivered), outputs: outputsOf(plan.job, facts, delivered, { seconds, cached: acquired.cachedLayers, at }) }
  } finally {
    await acquired.close()
  }
}

/** Every target was tried; the first refusal names the outcome, the others go with it. */
function outcomeOf({ problems }: DeliveredAll): Outcome {
  const [first, ...others] = problems
  return first === undefined ? { kind: 'passed' } : { kind: 'errored', problem: first, ...(others.length > 0 && { others }) }
}

interface Measured {
  readonly seconds: number
  readonly cached: number | undefined
  readonly at: WorkAt<ImageWork>
}

function outputsOf(job: ImageJob, facts: ImageFacts, delivered: DeliveredAll, m: Measured): readonly OutputVariable[] {
  const archive = job.outputs.find((output) => output.kind === 'archive')
  const [first] = delivered.refs
  const values: Record<string, string | undefined> = {
    digest: facts.digest,
    image: first === undefined ? undefined : `${first.replace(/:[^:/]+$/, '')}@${facts.digest}`,
    imageRefs: delivered.refs.join(',') || undefined,
    IMAGE_TAR_PATH: archive === undefined ? undefined : nowKnown(archive.path),
    size: String(facts.bytes),
    layers: String(facts.layers),
    cachedLayers: m.cached === undefined ? undefined : String(m.cached),
    duration: m.seconds.toFixed(3),
    engine: m.at.work.engine.name,
  }
  return Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [{ name, value, secret: false }]))
}
