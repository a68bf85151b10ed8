/** The pod that a stage of a run has left when its runner died, if it is still good for going on. */
import type { Namespace } from '../../../kubernetes-api/pods.ts'
import type { PodFacts } from '../../../kubernetes-api/schema.ts'
import { helperName } from './manifest/pod.ts'
import { type Belonging, selectorOf } from './marks.ts'
import { podTrouble } from './pod-troubles.ts'

export interface LeftPod extends Omit<Belonging, 'session'> {
  /** Names of those that the stage needs now. */
  readonly containers: readonly string[]
}

/** The newest: an older one was given up by a runner before. */
export async function findLeftPod(namespace: Namespace, o: LeftPod, w: { readonly signal: AbortSignal }): Promise<PodFacts | undefined> {
  const pods = await namespace.pods(selectorOf(o), w)
  return pods.filter((pod) => isGood(pod, o)).toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1))[0]
}

/** One that somebody takes away, or whose files cannot be reached, is as good as gone. */
function isGood(pod: PodFacts, { containers }: LeftPod): boolean {
  const files = pod.containers.get(helperName)
  return podTrouble(pod, pod.name) === undefined && files?.now.kind !== 'terminated' && containers.every((name) => pod.images.has(name))
}
