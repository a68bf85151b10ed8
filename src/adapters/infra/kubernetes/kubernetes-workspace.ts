/** The workspace of a stage whose steps run in the containers of a pod. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Diagnostic, diagnose } from '../../../base/diagnostic.ts'
import { isProblem, problem } from '../../../base/problem.ts'
import type { CodePlacer } from '../../../ports/code.ts'
import type { ProcessSpec, Workspace } from '../../../ports/infrastructure.ts'
import { plainUse } from '../../../ports/registry-use.ts'
import type { WorkspaceFiles } from '../copied/workspace-files.ts'
import { hostPath } from '../local/workspace-paths.ts'
import { programOf } from '../program-of.ts'
import { runningSteps } from '../running-steps.ts'
import type { ContainerSlots } from './container-slots.ts'
import { helperName, inside, userOf } from './manifest/pod.ts'
import type { PodSettings } from './manifest/settings.ts'
import { type NodeImages, onNodes, programOfImage } from './node-images.ts'
import { takeMade } from './pod-files.ts'
import type { StagePod } from './stage-pod.ts'
import { startBeside } from './start-beside.ts'
import { type PodStep, startInPod } from './start-in-pod.ts'

interface Waiting {
  readonly signal: AbortSignal
}

export interface KubernetesWorkspace extends NodeImages {
  /** Of this process: another one's folders are not used again. */
  readonly session: string
  readonly pod: StagePod
  readonly slots: ContainerSlots
  readonly settings: PodSettings
  readonly files: WorkspaceFiles
  /** Of this machine, for the stage. */
  readonly base: string
  /** In it: where parts that run here find the workspace. */
  readonly folder: string
  readonly code: CodePlacer
  readonly usualImage: string | undefined
  readonly note: (note: Diagnostic) => void
  /** What the stage has in the cluster besides its pod. */
  readonly removeRest: (o: Waiting) => Promise<void>
}

/** Files of the workspace belong to those who are not root: root may do everything with them all the same. */
export const usualOwner = 1000

export function kubernetesWorkspace(o: KubernetesWorkspace): Workspace {
  const steps = runningSteps()
  const closing = new AbortController()
  let processes = 0
  let closed: Promise<void> | undefined
  const close = async (w: Waiting): Promise<void> => {
    closing.abort(new Error('the stage ends'))
    steps.stopAll()
    const results = await Promise.allSettled([o.pod.close(w), o.removeRest(w)])
    await steps.ended()
    await rm(o.base, { recursive: true, force: true, maxRetries: 5 })
    for (const result of results) if (result.status === 'rejected') throw result.reason
  }
  return {
    hostPath: (path) => hostPath(o.folder, path),
    placeCode: (request, placing) => o.code.place(request, (path) => hostPath(o.folder, path), placing),
    bringHere: (w) => o.files.bring(w),
    async takeMade(step, w) {
      const folder = join(o.base, `made-${processes++}`)
      await takeMade(o.pod, o.slots.of(step) ?? '', folder, w)
      return { folder, close: () => rm(folder, { recursive: true, force: true }) }
    },
    // Asked inside, where it may wait a while: a request for each try would be one too many.
    answers: async (port, w) => (await o.pod.run(helperName, [`${inside}/launcher`, 'connect', String(port), '1000'], w)) === 0,
    async start(spec, { signal }) {
      signal.throwIfAborted()
      closing.signal.throwIfAborted()
      for (const [wanted, own] of Object.entries(spec.ports ?? {})) if (wanted !== own) o.note(diagnose('K8S_SERVICE_PORTS', { name: spec.name, own, wanted }))
      const name = `process-${o.session}-${processes++}`
      const folder = join(o.base, 'steps', name)
      const beside = spec.beside === undefined ? undefined : o.slots.of(spec.beside)
      const w = { signal: AbortSignal.any([signal, closing.signal]) }
      if (beside !== undefined) return startBeside(spec, { pod: o.pod, container: beside, folder, name }, w)
      const step = await startStep(spec, folder, closing.signal, o, w).catch(async (cause: unknown) => {
        await rm(folder, { recursive: true, force: true })
        signal.throwIfAborted()
        closing.signal.throwIfAborted()
        if (isProblem(cause)) throw cause
        throw problem('STEP_START_FAILED', { program: programOf(spec), reason: cause instanceof Error ? cause.message : String(cause) }, { cause })
      })
      return steps.watch(step, { graceMs: spec.graceMs, signal })
    },
    close(w) {
      // Once that went wrong, it is tried anew.
      closed ??= close(w).catch((error: unknown) => {
        closed = undefined
        throw error
      })
      return closed
    },
  }
}

async function startStep(spec: ProcessSpec, folder: string, closing: AbortSignal, o: KubernetesWorkspace, w: Waiting): Promise<PodStep> {
  const reference = spec.image?.reference ?? o.usualImage
  if (reference === undefined) throw problem('K8S_NO_IMAGE', { name: spec.name })
  const use = spec.image?.registry ?? plainUse
  const slot = o.slots.take(spec)
  const { container } = slot
  const user = userOf(container, o.settings)
  const owner = user === undefined || user === 0 ? usualOwner : user
  if (container.privileged) o.note(diagnose('K8S_PRIVILEGED', { step: spec.name }))
  return startInPod(
    spec,
    {
      pod: o.pod,
      slot,
      image: onNodes(reference, use, { ...o, note: () => undefined }),
      login: use.connector === undefined ? 'without a login' : `by connector ${use.connector}`,
      folder,
      ownProgram: (waiting) => programOfImage(reference, use, o.pod.cpu, o, waiting),
      lend: (waiting) => o.files.lend({ uid: owner, gid: owner }, waiting),
      lent: () => o.files.lent({ uid: owner, gid: owner }),
      closing,
    },
    w,
  )
}
