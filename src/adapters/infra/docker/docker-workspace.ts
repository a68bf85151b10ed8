/** The workspace of a stage whose steps run in containers. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Diagnostic, diagnose } from '../../../base/diagnostic.ts'
import { isProblem, problem } from '../../../base/problem.ts'
import type { Labels } from '../../../docker-api/labels.ts'
import type { CodePlacer } from '../../../ports/code.ts'
import type { ProcessSpec, StepImage, Workspace } from '../../../ports/infrastructure.ts'
import { plainUse } from '../../../ports/registry-use.ts'
import { hostPath } from '../local/workspace-paths.ts'
import { programOf } from '../program-of.ts'
import { runningSteps } from '../running-steps.ts'
import { stageLabel } from './labels.ts'
import { removeMarked } from './remove-stage.ts'
import type { StageContainer } from './stage-container.ts'
import { startInContainer } from './start-in-container.ts'
import type { ImageSources } from './step-images.ts'

export interface DockerWorkspace extends ImageSources {
  readonly stage: StageContainer
  readonly stageId: string
  readonly labels: Labels
  /** Of this machine, for the stage. */
  readonly base: string
  /** In it: where parts that run here find the workspace. */
  readonly folder: string
  readonly code: CodePlacer
  /** For steps that name none. */
  readonly usualImage: string | undefined
  readonly note: (note: Diagnostic) => void
}

export function dockerWorkspace(o: DockerWorkspace): Workspace {
  const steps = runningSteps()
  const closing = new AbortController()
  let folders = 0
  return {
    hostPath: (path) => hostPath(o.folder, path),
    placeCode: (request, placing) => o.code.place(request, (path) => hostPath(o.folder, path), placing),
    bringHere: (w) => o.stage.files.bring(w),
    async start(spec, { signal }) {
      signal.throwIfAborted()
      closing.signal.throwIfAborted()
      tellPorts(spec, o)
      const folder = join(o.base, 'steps', String(folders++))
      const needs = { ...o, folder }
      const step = await startInContainer(withImage(spec, o), needs, { signal: AbortSignal.any([signal, closing.signal]) }).catch(async (cause: unknown) => {
        await rm(folder, { recursive: true, force: true })
        signal.throwIfAborted()
        if (isProblem(cause)) throw cause
        throw problem('STEP_START_FAILED', { program: programOf(spec), reason: cause instanceof Error ? cause.message : String(cause) }, { cause })
      })
      return steps.watch(step, { graceMs: spec.graceMs, signal })
    },
    answers: (port, w) => o.stage.answers(port, w),
    async close({ signal }) {
      closing.abort(new Error('the stage ends'))
      steps.stopAll()
      await steps.ended()
      await removeMarked(o.engine, { label: stageLabel, value: o.stageId }, { signal })
      await rm(o.base, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** They share the network of their stage, as containers of a pod do. */
function tellPorts({ name, ports = {} }: ProcessSpec, { note }: DockerWorkspace): void {
  for (const [wanted, own] of Object.entries(ports)) if (wanted !== own) note(diagnose('SERVICE_PORT_NOT_MAPPED', { name, own, wanted }))
}

function withImage(spec: ProcessSpec, { usualImage }: DockerWorkspace): ProcessSpec & { readonly image: StepImage } {
  if (spec.image !== undefined) return { ...spec, image: spec.image }
  if (usualImage === undefined) throw problem('INFRA_DOCKER_NO_IMAGE', { name: spec.name })
  return { ...spec, image: { reference: usualImage, pull: 'if-missing', registry: plainUse, privileged: false } }
}
