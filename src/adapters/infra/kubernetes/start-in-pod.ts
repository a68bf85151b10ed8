/** One step in its container: given its files, let go, listened to, and what it hands back taken out of the pod. */
import { rm } from 'node:fs/promises'
import { isProblem, type Problem, problem } from '../../../base/problem.ts'
import type { StepExit } from '../../../events/outcome.ts'
import { followLog } from '../../../kubernetes-api/follow-log.ts'
import type { OutputChunk, ProcessSpec, StepEnd } from '../../../ports/infrastructure.ts'
import { programMissing, type StepFolder, stepFolder } from '../local/step-folder.ts'
import type { Slot } from './container-slots.ts'
import type { ContainerPlan } from './manifest/containers.ts'
import { inside } from './manifest/pod.ts'
import { letStepBegin, takeLeft } from './pod-files.ts'
import { exitOf, leftFiles } from './pod-troubles.ts'
import type { StagePod } from './stage-pod.ts'
import { stepArchive } from './step-request.ts'

interface Waiting {
  readonly signal: AbortSignal
}

export interface PodStep {
  readonly output: AsyncIterable<OutputChunk>
  readonly end: Promise<StepEnd>
  /** Politely, and for good after `graceMs`. Safe to call at any time. */
  stop(graceMs: number): void
}

export interface PodStepNeeds {
  readonly pod: StagePod
  readonly slot: Slot
  /** As the node is told it. */
  readonly image: string
  readonly login: string
  /** For the step's files, on this machine; not there yet. */
  readonly folder: string
  /** What the image itself starts. */
  readonly ownProgram: (o: Waiting) => Promise<readonly string[]>
  /** Just before it begins. */
  readonly lend: (o: Waiting) => Promise<void>
  /** It has begun already, with what it was lent then. */
  readonly lent: () => void
  /** The whole stage ends: what becomes of the pod then is no news. */
  readonly closing: AbortSignal
}

export async function startInPod(spec: ProcessSpec, o: PodStepNeeds, w: Waiting): Promise<PodStep> {
  const { pod } = o
  const { container, begun, order } = o.slot
  const script = await stepFolder(spec, { here: o.folder, inside })
  if (begun) {
    o.lent()
    const argvs = script.argvs.length > 0 ? script.argvs : [['its program']]
    return listen(await pod.begun(container, o.image, w), { ...o, container, spec, argvs, script })
  }
  const argvs = script.argvs.length > 0 ? script.argvs : [await o.ownProgram(w)]
  const wanted = { step: spec.name, image: o.image, login: o.login }
  await pod.withImage(container, wanted, w)
  const start = await pod.running(container.name, wanted, w)
  await o.lend(w)
  const archive = await stepArchive({ folder: o.folder, spec, argvs, env: script.env, order }, w)
  w.signal.throwIfAborted()
  await letStepBegin(pod, { container: container.name, archive }, w)
  return listen(start, { ...o, container, spec, argvs, script })
}

interface Begun extends PodStepNeeds {
  readonly container: ContainerPlan
  readonly spec: ProcessSpec
  readonly argvs: readonly (readonly string[])[]
  readonly script: StepFolder
}

/** How long a container may take to end when all that is in it has been killed. */
const patienceMs = 15_000

function listen(start: string, o: Begun): PodStep {
  const { pod, container, closing } = o
  const quiet = new AbortController()
  const ended = Promise.withResolvers<StepExit>()
  let last: NodeJS.Timeout | undefined
  let stopped = false
  let over = false
  const watched = pod.ended(container.name, start, quiet).then(
    (now) => exitSaid(exitOf(now), now, o),
    (error: unknown) => {
      // Taken away by us, or killed and nobody says so.
      if (quiet.signal.aborted || (closing.aborted && isProblem(error, 'K8S_POD_LOST'))) return killed
      throw error
    },
  )
  watched.then(ended.resolve, ended.reject)
  const finish = async (): Promise<StepEnd> => {
    try {
      const exit = await ended.promise
      return { exit, ...(await o.script.collect()) }
    } finally {
      over = true
      clearTimeout(last)
      await rm(o.folder, { recursive: true, force: true })
    }
  }
  const end = finish()
  end.catch(() => undefined)
  const stop = (graceMs: number): void => {
    if (over || stopped) return
    stopped = true
    // It ends with the container, so nobody hears how.
    if (!closing.aborted)
      pod.run(container.name, [`${inside}/launcher`, 'end', String(graceMs)], { signal: AbortSignal.timeout(graceMs + patienceMs) }).catch(() => undefined)
    last = setTimeout(() => quiet.abort(), graceMs + patienceMs)
  }
  return { output: chunks(o, ended.promise), end, stop }
}

const killed: StepExit = { kind: 'killed', signal: 'SIGKILL' }

async function exitSaid(exit: ReturnType<typeof exitOf>, now: Parameters<typeof exitOf>[0], o: Begun): Promise<StepExit> {
  if (exit.kind === 'failed') throw notStarted(exit.error, o)
  if (!o.closing.aborted && leftFiles(now)) await takeLeft(o.pod, o.container.name, o.folder, { signal: o.closing }).catch(unlessClosing(o.closing))
  return exit
}

function unlessClosing(closing: AbortSignal): (error: unknown) => void {
  return (error) => {
    if (!closing.aborted) throw error
  }
}

async function* chunks({ pod, container, closing }: Begun, end: Promise<unknown>): AsyncGenerator<OutputChunk> {
  let lost = false
  const ended = end.catch(() => {
    lost = true
  })
  const log = { namespace: pod.namespace, pod: pod.pod, container: container.name, ended, mayGo: () => closing.aborted || lost }
  // Until the container has ended, whatever becomes of the signal.
  for await (const bytes of followLog(pod.cluster, log, { signal: new AbortController().signal })) yield { stream: 'out', bytes }
}

export function notStarted(error: number, { spec, argvs, image }: Pick<Begun, 'spec' | 'argvs' | 'image'>): Problem | Error {
  const programs = argvs.map(([program = '']) => program)
  const absent = error === 2 || error === 20
  if (absent && programs.every((name) => !name.includes('/'))) return programMissing(spec, programs)
  const reasons: Readonly<Record<number, string>> = {
    2: 'the image does not have it, or not what it needs to start',
    8: 'it is no program for this CPU',
    13: 'it may not be executed',
  }
  return problem('STEP_START_FAILED', { program: `${programs.join(' or ')} in the image ${image}`, reason: reasons[error] ?? `error ${error}` })
}
