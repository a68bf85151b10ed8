/** What a stage has in the engine: labels, its workspace, and the container that keeps them and the network of the stage together. */
import { randomUUID } from 'node:crypto'
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Diagnostic, diagnose } from '../../../base/diagnostic.ts'
import { isProblem, problem } from '../../../base/problem.ts'
import type { Cpu } from '../../../builder/exec/machine/system-calls.ts'
import type { ContainerMount } from '../../../docker-api/containers.ts'
import type { DockerEngine } from '../../../docker-api/engine.ts'
import type { Labels } from '../../../docker-api/labels.ts'
import { writeTar } from '../../../tar/write-tar.ts'
import { copiedFiles, sharedFiles, type WorkspaceFiles } from '../copied/workspace-files.ts'
import { fileItem, folderItem, keeperImage, keeperProgram } from './keeper-image.ts'
import { connectTo } from './programs.ts'

interface Waiting {
  readonly signal: AbortSignal
}

export interface StageNeeds {
  readonly engine: DockerEngine
  readonly labels: Labels
  readonly stageId: string
  /** The workspace here. */
  readonly folder: string
  /** Of `sharedPaths`. */
  readonly sharedPaths: readonly string[]
  /** Of services: names for the stage's own address. */
  readonly hosts: readonly string[]
  /** Why the folder here cannot be the workspace of containers, whatever the engine says. */
  readonly mustCopy: string | undefined
  readonly note: (note: Diagnostic) => void
}

export interface StageContainer {
  readonly cpu: Cpu
  readonly files: WorkspaceFiles
  readonly mounts: readonly ContainerMount[]
  /** For steps: that of the stage. */
  readonly network: string
  answers(port: number, o: Waiting): Promise<boolean>
}

const hostName = 'slipway'
const root = '/harness'

const makeMs = 60_000

/** What is being made when the signal aborts is made, so that it can be found and taken away. */
export async function openStageContainer(o: StageNeeds, { signal }: Waiting): Promise<StageContainer> {
  signal.throwIfAborted()
  const w = { signal: AbortSignal.timeout(makeMs) }
  const { engine, labels, stageId } = o
  const cpu = cpuOf(await engine.facts(w), engine.name)
  const image = `slipway-stage:${stageId}`
  await engine.load(await keeperImage(image, { cpu, labels }, w), w)
  const network = (await engine.networks(w)).includes('bridge') ? 'bridge' : 'host'
  if (network === 'host') o.note(diagnose('INFRA_DOCKER_HOST_NETWORK', {}))
  const make = (mounts: readonly ContainerMount[]): Promise<string> =>
    engine.containers.create({ image, program: [keeperProgram], labels, network, hosts: [hostName, ...o.hosts], hostName, mounts }, w)
  const { keeper, mounts, copied } = await withWorkspace(o, make, w)
  signal.throwIfAborted()
  await engine.containers.start(keeper, w)
  const files = copied ? copiedFiles(o.folder, farSide(engine, keeper)) : sharedFiles(o.folder)
  return { cpu, files, mounts, network: `container:${keeper}`, answers: answersIn(engine, keeper, cpu) }
}

function cpuOf({ os, architecture }: { readonly os: string; readonly architecture: string }, engine: string): Cpu {
  const cpu = ({ amd64: 'x64', arm64: 'arm64' } as const)[architecture]
  if (os !== 'linux' || cpu === undefined) throw problem('INFRA_DOCKER_UNFIT', { engine, what: `${os} on ${architecture}` })
  return cpu
}

interface Made {
  readonly keeper: string
  readonly mounts: readonly ContainerMount[]
  readonly copied: boolean
}

type Make = (mounts: readonly ContainerMount[]) => Promise<string>

/** Tried, not reckoned: the folder is the workspace if the engine shows our own file in it. */
async function withWorkspace(o: StageNeeds, make: Make, w: Waiting): Promise<Made> {
  let reason = o.mustCopy
  if (reason === undefined) {
    const shared = await trySharing(o, make, w)
    if (shared !== undefined) return shared
    reason = 'the engine does not have the files of this machine'
  }
  o.note(diagnose('WORKSPACE_COPIED', { reason }))
  const names = [root, ...o.sharedPaths].map((target, i) => ({ target, source: `slipway-${o.stageId}-${i}` }))
  const mounts: ContainerMount[] = []
  for (const { source, target } of names) {
    await o.engine.volumes.create(source, o.labels, w)
    mounts.push({ type: 'volume', source, target })
  }
  const keeper = await make(mounts)
  // Whoever the steps are, they may write.
  await o.engine.containers.put(
    keeper,
    '/',
    writeTar(
      names.map(({ target }) => folderItem(target.slice(1), 0o777)),
      w,
    ),
    w,
  )
  return { keeper, mounts, copied: true }
}

async function trySharing(o: StageNeeds, make: Make, w: Waiting): Promise<Made | undefined> {
  const probe = `.slipway-${randomUUID()}`
  const sources = [o.folder, ...o.sharedPaths.map((_, i) => join(o.folder, '..', 'shared', String(i)))]
  for (const source of sources) {
    await mkdir(source, { recursive: true })
    await chmod(source, 0o777)
  }
  const mounts = [root, ...o.sharedPaths].map((target, i): ContainerMount => ({ type: 'bind', source: sources[i] ?? '', target }))
  await writeFile(join(o.folder, probe), '')
  try {
    const keeper = await make(mounts)
    const seen = await o.engine.containers.get(keeper, `${root}/${probe}`, w)
    seen?.destroy()
    if (seen !== undefined) return { keeper, mounts, copied: false }
    await o.engine.containers.remove(keeper, w)
    return undefined
  } catch (error) {
    w.signal.throwIfAborted()
    if (isProblem(error, 'DOCKER_REFUSED')) return undefined
    throw error
  } finally {
    await rm(join(o.folder, probe), { force: true })
  }
}

function farSide(engine: DockerEngine, keeper: string): Parameters<typeof copiedFiles>[1] {
  return {
    put: (tar, w) => engine.containers.put(keeper, '/', tar, w),
    async get(w) {
      const tar = await engine.containers.get(keeper, root, w)
      if (tar === undefined) throw problem('DOCKER_REFUSED', { engine: engine.name, what: root, status: 404, reason: 'the workspace is gone' })
      return tar
    },
  }
}

/** Asked inside: nobody else may reach the network of the stage. */
function answersIn(engine: DockerEngine, keeper: string, cpu: Cpu): StageContainer['answers'] {
  const programs = new Map<number, Promise<string>>()
  const place = async (port: number, w: Waiting): Promise<string> => {
    const name = `slipway-connect-${port}`
    await engine.containers.put(keeper, '/', writeTar([fileItem(name, connectTo(port, cpu), 0o755)], w), w)
    return `/${name}`
  }
  return async (port, w) => {
    const program = programs.get(port) ?? place(port, w)
    programs.set(port, program)
    program.catch(() => programs.delete(port))
    return (await engine.containers.execute(keeper, [await program], w)) === 0
  }
}
