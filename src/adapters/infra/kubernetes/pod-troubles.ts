/** What keeps a pod or one of its containers from running, in the user's words. Pure. */
import { type Problem, problem } from '../../../base/problem.ts'
import type { StepExit } from '../../../events/outcome.ts'
import type { ContainerFacts, PodFacts } from '../../../kubernetes-api/schema.ts'
import { exitOfStatus } from '../local/room/start-in-room.ts'

/** A kubelet tries these again and again; the names of images and the answers of registries do not change by that. */
const pullFailures = new Set(['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull', 'RegistryUnavailable', 'ImageInspectError'])
const hopeless = /not found|manifest unknown|denied|unauthorized|authentication required|no basic auth|403|401|404|invalid reference|couldn't parse/i
const startFailures = new Set(['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError'])

export interface Wanted {
  /** For messages. */
  readonly step: string
  readonly image: string
  /** "by connector hub", "without a login". */
  readonly login: string
}

/** Undefined: it may still become something. `patient`: what may change in a moment is waited for. */
export function containerTrouble({ now }: ContainerFacts, { step, image, login }: Wanted): Problem | undefined {
  if (now.kind !== 'waiting') return undefined
  const { reason, message } = now
  if (pullFailures.has(reason) && (reason === 'InvalidImageName' || reason === 'ErrImageNeverPull' || hopeless.test(message)))
    return problem('K8S_IMAGE_FAILED', { image, login, reason: message || reason })
  if (startFailures.has(reason)) return problem('K8S_CONTAINER_FAILED', { step, reason: message || reason })
  return undefined
}

/** Why it waits, for whoever has waited too long. */
export function whyWaiting(pod: PodFacts | undefined, container: string): string {
  if (pod === undefined) return 'nothing is known of it'
  if (pod.unschedulable !== undefined) return `no node takes it: ${pod.unschedulable}`
  const now = pod.containers.get(container)?.now
  if (now?.kind === 'waiting' && (now.message || now.reason)) return now.message || now.reason
  return `it is ${pod.phase}`
}

/** Undefined: as far as the pod goes, its containers go on. */
export function podTrouble(pod: PodFacts | undefined, name: string): Problem | undefined {
  if (pod === undefined) return problem('K8S_POD_LOST', { pod: name, reason: 'it was deleted' })
  if (pod.reason !== '') return problem('K8S_POD_LOST', { pod: name, reason: pod.message === '' ? pod.reason : `${pod.reason}: ${pod.message}` })
  return pod.ending ? problem('K8S_POD_LOST', { pod: name, reason: 'somebody deletes it' }) : undefined
}

/** What the launcher has told, or else what the kubelet knows. */
export function exitOf(now: Extract<ContainerFacts['now'], { kind: 'terminated' }>): StepExit | { readonly kind: 'failed'; readonly error: number } {
  const [, how, number] = /^(exited|signal|failed) (\d+) /.exec(now.message) ?? []
  const told = Number(number)
  if (now.reason === 'OOMKilled' && now.exitCode !== 0) return { kind: 'out-of-memory' }
  if (how === 'failed') return { kind: 'failed', error: told }
  if (how === 'exited') return { kind: 'exited', code: told }
  if (how === 'signal') return exitOfStatus(told)
  return now.exitCode > 128 ? exitOfStatus(now.exitCode - 128) : { kind: 'exited', code: now.exitCode }
}

/** Whether there are files to hand back. A first process that could not say so may have left some. */
export function leftFiles(now: Extract<ContainerFacts['now'], { kind: 'terminated' }>): boolean {
  return !/^\w+ \d+ nothing/.test(now.message)
}
