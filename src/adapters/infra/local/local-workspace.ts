/** A stage's workspace on this machine: starts steps in it, and takes everything away at the end. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Diagnostic, diagnose } from '../../../base/diagnostic.ts'
import { isProblem, problem } from '../../../base/problem.ts'
import type { CodePlacer } from '../../../ports/code.ts'
import type { ProcessSpec, StepEnd, StepImage, Workspace } from '../../../ports/infrastructure.ts'
import { programOf } from '../program-of.ts'
import { runningSteps } from '../running-steps.ts'
import { answers } from './answers.ts'
import type { ImageSteps } from './image/image-job.ts'
import { startInImage } from './image/start-in-image.ts'
import { type ProcessTree, startTree } from './process-tree.ts'
import { findFile } from './room/find-file.ts'
import { type Room, workspaceRoot } from './room/make-room.ts'
import type { Pipes } from './room/pipes.ts'
import { startInRoom } from './room/start-in-room.ts'
import type { SharedFolder } from './shared-folders.ts'
import { pipelineEnvironment, stepEnvironment } from './step-environment.ts'
import { programMissing, type StepFolder, stepFolder } from './step-folder.ts'

export interface WorkspaceOptions {
  readonly base: string
  readonly workspace: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly code: CodePlacer
  readonly kill: (pid: number, signal: NodeJS.Signals) => void
  /** Without it, steps see the machine as it is, and no /harness. */
  readonly room: Room | undefined
  /** Absent: no programs can be made for this machine. */
  readonly pipes: Pipes | undefined
  readonly images: ImageSteps
  /** Of the stage's services: names of this machine for its steps. */
  readonly hosts: readonly string[]
  readonly shared: readonly SharedFolder[]
  /** Where a path that steps name is on this machine. */
  readonly hostPath: (path: string) => string
  readonly note: (note: Diagnostic) => void
}

/** Where a step in an image finds its private folder. */
const stepRoot = '/run/slipway'

export function localWorkspace(o: WorkspaceOptions): Workspace {
  const steps = runningSteps()
  return {
    hostPath: o.hostPath,
    placeCode: (request, placing) => o.code.place(request, o.hostPath, placing),
    async start(spec, { signal }) {
      signal.throwIfAborted()
      tellPorts(spec, o)
      const folder = join(o.base, 'steps', spec.name.replaceAll('/', '.'))
      const { tree, collect } = await startStep(spec, folder, o).catch(async (cause: unknown) => {
        rmSync(folder, { recursive: true, force: true })
        if (isProblem(cause)) throw cause
        throw problem('STEP_START_FAILED', { program: programOf(spec), reason: cause instanceof Error ? cause.message : String(cause) }, { cause })
      })
      const step = { output: tree.output, end: endOf(tree, collect, folder), stop: (graceMs: number) => tree.end(graceMs) }
      return steps.watch(step, { graceMs: spec.graceMs, signal })
    },
    answers: (port, { signal }) => answers(port, signal),
    async close() {
      steps.stopAll()
      await steps.ended()
      await o.room?.starter.close()
      await o.images.remove(o.base)
      await o.images.close()
    },
  }
}

interface Started {
  readonly tree: ProcessTree
  readonly collect: StepFolder['collect']
}

function tellPorts({ name, ports = {} }: ProcessSpec, { note }: WorkspaceOptions): void {
  for (const [wanted, own] of Object.entries(ports)) if (wanted !== own) note(diagnose('SERVICE_PORT_NOT_MAPPED', { name, own, wanted }))
}

async function startStep(spec: ProcessSpec, folder: string, o: WorkspaceOptions): Promise<Started> {
  if (spec.image !== undefined) return startWithImage(spec, spec.image, folder, o)
  const { argvs, env: more, collect } = await stepFolder(spec, { here: folder, inside: folder })
  const places = { workspace: o.room === undefined ? o.workspace : workspaceRoot, temporary: join(o.base, 'tmp') }
  const env = { ...stepEnvironment(spec, o.env, places), ...more }
  // Several programs may do for one script: the first that is there.
  for (const argv of argvs) {
    const file = findFile(argv[0] ?? '', env['PATH'], o.hostPath)
    if (file === undefined) continue
    if (o.room !== undefined) return { tree: await startInRoom(o.room, { file, argv, env, kill: o.kill }), collect }
    return { tree: await startTree(argv, { cwd: o.workspace, env, kill: o.kill }), collect }
  }
  throw programMissing(spec, programsOf(argvs))
}

async function startWithImage(spec: ProcessSpec, image: StepImage, folder: string, o: WorkspaceOptions): Promise<Started> {
  if (o.pipes === undefined) throw problem('STEP_IMAGE_IMPOSSIBLE', { image: image.reference, reason: 'it needs Linux on x86-64 or arm64' })
  const { argvs, env, collect } = await stepFolder(spec, { here: folder, inside: stepRoot })
  const job = {
    image,
    argvs,
    env: Object.entries({ ...pipelineEnvironment(spec, workspaceRoot), ...env }),
    binds: [{ source: o.workspace, target: workspaceRoot }, { source: folder, target: stepRoot }, ...o.shared],
    owned: [o.workspace, folder, ...o.shared.map(({ source }) => source)],
    cwd: workspaceRoot,
    hosts: o.hosts,
  }
  const missing = (): Error => programMissing(spec, programsOf(argvs))
  return { tree: await startInImage({ job, missing, pipes: o.pipes, steps: o.images, note: o.note }), collect }
}

function programsOf(argvs: StepFolder['argvs']): readonly string[] {
  return argvs.map(([program = '']) => program)
}

async function endOf(tree: ProcessTree, collect: StepFolder['collect'], folder: string): Promise<StepEnd> {
  try {
    const exit = await tree.exit
    return { exit, ...(await collect()) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
