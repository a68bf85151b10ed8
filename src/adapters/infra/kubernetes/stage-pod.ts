/** The pod of one stage, from its making to its end. */
import { type Diagnostic, diagnose } from '../../../base/diagnostic.ts'
import { humanDuration } from '../../../base/human.ts'
import { problem } from '../../../base/problem.ts'
import type { Cpu } from '../../../builder/exec/machine/system-calls.ts'
import type { ClusterConnection } from '../../../kubernetes-api/connection.ts'
import { executeShort } from '../../../kubernetes-api/exec.ts'
import type { Namespace } from '../../../kubernetes-api/pods.ts'
import type { ContainerFacts, PodFacts } from '../../../kubernetes-api/schema.ts'
import type { PodWatch } from '../../../kubernetes-api/watch-pods.ts'
import { untilStarted } from './late-image.ts'
import type { ContainerPlan } from './manifest/containers.ts'
import { helperName, initName } from './manifest/pod.ts'
import type { PodPlace } from './pod-files.ts'
import { containerTrouble, podTrouble, type Wanted, whyWaiting } from './pod-troubles.ts'

interface Waiting {
  readonly signal: AbortSignal
}

type Terminated = Extract<ContainerFacts['now'], { kind: 'terminated' }>

export interface StagePod extends PodPlace {
  readonly cpu: Cpu
  /** Puts in another image, where it is not the one that the container was made with. */
  withImage(container: ContainerPlan, wanted: Wanted, o: Waiting): Promise<void>
  /** Until the container runs; answers which start of it that is. */
  running(container: string, wanted: Wanted, o: Waiting): Promise<string>
  /** Of a step that has begun before: which start of the container that was, as soon as the cluster tells of it. */
  begun(container: ContainerPlan, image: string, o: Waiting): Promise<string>
  /** Until that start of it has ended. Throws K8S_POD_LOST. */
  ended(container: string, start: string, o: Waiting): Promise<Terminated>
  /** A program in a container; its exit code. */
  run(container: string, command: readonly string[], o: Waiting): Promise<number>
  close(o: Waiting): Promise<void>
}

export interface StagePodNeeds {
  readonly cluster: ClusterConnection
  readonly namespace: Namespace
  readonly watch: PodWatch
  readonly name: string
  /** For a polite end of the pod. */
  readonly graceSeconds: number
  readonly initTimeoutMs: number
  readonly helper: Wanted
  readonly note: (note: Diagnostic) => void
  /** A secret that is the pod's alone. */
  readonly secret?: string
  /** What another process has made is worth more than this one's try. */
  readonly keep?: boolean
}

/** `make`: the pod, which is made or taken over. */
export async function openStagePod(o: StagePodNeeds, make: (w: Waiting) => Promise<PodFacts>, { signal }: Waiting): Promise<StagePod> {
  const { cluster, namespace, watch, name } = o
  signal.throwIfAborted()
  // Not under the signal: what is being made when it aborts is made, so that it can be taken away.
  const made = await make({ signal: AbortSignal.timeout(120_000) })
  watch.know(made)
  const closing = new AbortController()
  let changed = cluster.clock.now()
  const inTime = <T>(container: string, decide: (pod: PodFacts) => T | undefined, w: Waiting & { readonly image?: string }): Promise<T> =>
    within(o, container, changed, decide, w)
  const isLate = (container: ContainerPlan, image: string): boolean => (container.image ?? o.helper.image) !== image
  try {
    if (o.secret !== undefined) await namespace.belongsTo('secrets', o.secret, made, { signal })
    const machine = await inTime(helperName, (pod) => firstSteps(pod, o.helper), { signal })
    return {
      cluster,
      namespace: namespace.name,
      pod: name,
      cpu: /aarch64|arm64/.test(machine) ? 'arm64' : 'x64',
      async withImage(container, wanted, w) {
        const { image } = wanted
        // Where nothing changes, no container starts anew.
        if (!isLate(container, image)) return
        changed = cluster.clock.now()
        // Another runner may have asked for it already, just before its end.
        if ((await watch.until(name, (pod) => pod?.images.get(container.name), w)) === image)
          return void (await inTime(container.name, (pod) => startOfLate(pod, container, image), { ...w, image }))
        const before = await watch.until(name, (pod) => runs(pod, container.name), w)
        await namespace.patchPod(name, { spec: { containers: [{ name: container.name, image }] } }, w)
        const ended = (waiting: Waiting): Promise<true> => watch.until(name, (pod) => endedSince(pod, container.name, before), waiting)
        const started = (waiting: Waiting): Promise<true> =>
          inTime(container.name, (pod) => changedImage(pod, container.name, wanted, before), { ...waiting, image })
        await untilStarted({ cluster, namespace, pod: name, container: container.name, wanted }, { ended, started }, w)
      },
      running: (container, wanted, w) =>
        inTime(
          container,
          (pod) => {
            const facts = pod.containers.get(container)
            if (facts?.now.kind === 'terminated') throw problem('K8S_CONTAINER_FAILED', { step: wanted.step, reason: facts.now.message || facts.now.reason })
            const trouble = facts === undefined ? undefined : containerTrouble(facts, wanted)
            if (trouble !== undefined) throw trouble
            return facts?.now.kind === 'running' ? facts.id : undefined
          },
          w,
        ),
      begun: (container, image, w) =>
        watch.until(
          name,
          (pod) => {
            const trouble = podTrouble(pod, name)
            if (trouble !== undefined || pod === undefined) throw trouble
            return isLate(container, image) ? startOfLate(pod, container, image) : startOf(pod, container.name)
          },
          w,
        ),
      ended: (container, start, w) =>
        watch.until(
          name,
          (pod) => {
            const facts = pod?.containers.get(container)
            if (facts?.now.kind === 'terminated' && facts.id === start && (closing.signal.aborted || podTrouble(pod, name) === undefined)) return facts.now
            const trouble = podTrouble(pod, name)
            if (trouble !== undefined) throw trouble
            return undefined
          },
          w,
        ),
      run: async (container, command, w) =>
        (await cluster.patiently(() => executeShort(cluster, { namespace: namespace.name, pod: name, container, command }, w), w)).code,
      async close(w) {
        closing.abort()
        await removePod(o, w)
      },
    }
  } catch (error) {
    if (o.keep !== true) await removePod(o, { signal: AbortSignal.timeout(30_000) }).catch(() => undefined)
    throw error
  }
}

/** Answers what the init container says of its machine, once files can go in. */
function firstSteps(pod: PodFacts, helper: Wanted): string | undefined {
  const [first, facts] = [pod.containers.get(initName), pod.containers.get(helperName)]
  for (const one of [first, facts]) {
    const trouble = one === undefined ? undefined : containerTrouble(one, helper)
    if (trouble !== undefined) throw trouble
  }
  if (first?.now.kind === 'terminated' && first.now.exitCode !== 0)
    throw problem('K8S_CONTAINER_FAILED', {
      step: 'the stage',
      reason: first.now.message.trim() || `${first.now.reason}, exit code ${first.now.exitCode}; does ${helper.image} have sh, tar, base64 and mkfifo?`,
    })
  if (facts?.now.kind === 'terminated') throw problem('K8S_CONTAINER_FAILED', { step: 'the stage', reason: facts.now.message || facts.now.reason })
  return facts?.now.kind === 'running' && first?.now.kind === 'terminated' ? first.now.message : undefined
}

function runs(pod: PodFacts | undefined, container: string): string | undefined {
  const facts = pod?.containers.get(container)
  return facts?.now.kind === 'running' ? facts.id : undefined
}

function endedSince(pod: PodFacts | undefined, container: string, start: string): true | undefined {
  const facts = pod?.containers.get(container)
  return facts?.now.kind === 'terminated' && facts.id === start ? true : undefined
}

/** Which start of it that is, whether it runs or has ended. */
function startOf(pod: PodFacts, container: string): string | undefined {
  const facts = pod.containers.get(container)
  return facts === undefined || facts.now.kind === 'waiting' ? undefined : facts.id
}

/** Containers of these pods start anew for one reason only: that their image was changed. */
function startOfLate(pod: PodFacts, { name, step = name }: ContainerPlan, image: string): string | undefined {
  const facts = pod.containers.get(name)
  const trouble = facts === undefined ? undefined : containerTrouble(facts, { step, image, login: 'as the step says' })
  if (trouble !== undefined) throw trouble
  return facts !== undefined && facts.restarts > 0 ? startOf(pod, name) : undefined
}

/** The kubelet ends the container and starts it anew, with the other image. */
function changedImage(pod: PodFacts, container: string, wanted: Wanted, before: string): true | undefined {
  const facts = pod.containers.get(container)
  if (facts === undefined) return undefined
  const trouble = containerTrouble(facts, wanted)
  if (trouble !== undefined) throw trouble
  return facts.now.kind === 'running' && facts.id !== before ? true : undefined
}

/** Ends with K8S_INIT_TIMEOUT, and with the reason why it still waits. */
async function within<T>(
  o: StagePodNeeds,
  container: string,
  since: number,
  decide: (pod: PodFacts) => T | undefined,
  { signal, image }: Waiting & { readonly image?: string },
): Promise<T> {
  const { name } = o
  const { clock } = o.cluster
  const stop = new AbortController()
  const both = AbortSignal.any([signal, stop.signal])
  let last: PodFacts | undefined
  let told = false
  const tooLate = clock.sleep(Math.max(0, since + o.initTimeoutMs - clock.now()), { signal: both }).then(() => {
    throw problem('K8S_INIT_TIMEOUT', {
      pod: name,
      limit: humanDuration(o.initTimeoutMs),
      reason: image === undefined ? whyWaiting(last, container) : `the node does not have ${image} yet`,
    })
  })
  tooLate.catch(() => undefined)
  const decided = o.watch.until(
    name,
    (pod) => {
      const trouble = podTrouble(pod, name)
      if (trouble !== undefined || pod === undefined) throw trouble
      last = pod
      if (pod.unschedulable !== undefined && !told) {
        told = true
        o.note(diagnose('K8S_UNSCHEDULED', { pod: name, reason: pod.unschedulable }))
      }
      return decide(pod)
    },
    { signal: both },
  )
  try {
    return await Promise.race([decided, tooLate])
  } finally {
    stop.abort(new Error('decided'))
    decided.catch(() => undefined)
  }
}

/** What a kubelet takes to tell that a pod is gone when its containers are: older ones look every ten seconds. */
const patienceMs = 1500

/** Gone when it answers. */
async function removePod({ cluster, namespace, watch, name, graceSeconds }: StagePodNeeds, { signal }: Waiting): Promise<void> {
  const gone = (pod: PodFacts | undefined): true | undefined => (pod === undefined ? true : undefined)
  await namespace.deletePod(name, graceSeconds, { signal })
  try {
    await watch.until(name, (pod) => gone(pod) ?? (allEnded(pod) ? true : undefined), { signal })
    const soon = new AbortController()
    const removed = watch.until(name, gone, { signal: AbortSignal.any([signal, soon.signal]) }).catch(() => undefined)
    await Promise.race([removed, cluster.clock.sleep(patienceMs, { signal })])
    soon.abort()
    if ((await removed) === undefined) await namespace.deletePod(name, 0, { signal })
    await watch.until(name, gone, { signal })
  } catch (error) {
    // A node that does not answer never says that its pod is gone.
    if (!signal.aborted) throw error
    await namespace.deletePod(name, 0, { signal: AbortSignal.timeout(10_000) })
  }
  watch.forget(name)
}

function allEnded(pod: PodFacts | undefined): boolean {
  return pod?.ending === true && [...pod.containers.values()].every(({ now }) => now.kind !== 'running')
}
