/**
 * Why a node cannot get an image that was put into a container late. The kubelet tries once: the container stays as it ended, with no word of a reason.
 * Only the events of the pod have that.
 */
import { isProblem, type Problem, problem } from '../../../base/problem.ts'
import { type ClusterConnection, waitBeforeTry } from '../../../kubernetes-api/connection.ts'
import type { Namespace } from '../../../kubernetes-api/pods.ts'
import type { EventFacts } from '../../../kubernetes-api/schema.ts'
import type { Wanted } from './pod-troubles.ts'

interface Waiting {
  readonly signal: AbortSignal
}

export interface LateImage {
  readonly cluster: ClusterConnection
  readonly namespace: Namespace
  readonly pod: string
  readonly container: string
  readonly wanted: Wanted
}

interface Change {
  /** The container has ended, to start anew with the other image. */
  readonly ended: (o: Waiting) => Promise<unknown>
  /** It has started. */
  readonly started: (o: Waiting) => Promise<unknown>
}

/** Until it has started with the image. Throws K8S_IMAGE_FAILED. */
export async function untilStarted(o: LateImage, { ended, started }: Change, { signal }: Waiting): Promise<void> {
  const over = new AbortController()
  const w = { signal: AbortSignal.any([signal, over.signal]) }
  const reason = ended(w).then(() => whyNot(o, w))
  try {
    const why = await Promise.race([started(w).then(() => undefined), reason])
    if (why !== undefined) throw why
  } finally {
    over.abort(new Error('decided'))
    reason.catch(() => undefined)
  }
}

/** Answers as soon as there is a reason. Whoever may not look for it never hears of one. */
async function whyNot(o: LateImage, w: Waiting): Promise<Problem> {
  for (let tries = 0; ; tries++) {
    await o.cluster.clock.sleep(waitBeforeTry(tries), w)
    const events = await o.namespace.eventsOf(o.pod, w).catch((error: unknown) => {
      if (isProblem(error, 'K8S_FORBIDDEN')) return undefined
      throw error
    })
    if (events === undefined) return new Promise(() => undefined)
    const failure = pullFailure(events, o.container, o.wanted.image)
    if (failure !== undefined) return problem('K8S_IMAGE_FAILED', { image: o.wanted.image, login: o.wanted.login, reason: failure })
  }
}

/** `Failed` is also said of containers that cannot be made, and of the image that was there before. */
const reasons = new Set(['Failed', 'ErrImageNeverPull', 'InspectFailed'])

export function pullFailure(events: readonly EventFacts[], container: string, image: string): string | undefined {
  const said = events.findLast(
    ({ reason, field, message }) => reasons.has(reason) && field === `spec.containers{${container}}` && message.includes(`image "${image}"`),
  )
  return said?.message
}
