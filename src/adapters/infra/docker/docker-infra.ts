/** Infrastructure docker: each step is a container of a Docker Engine, in the network and with the workspace of its stage. */
import { randomUUID } from 'node:crypto'
import { chmod, mkdir, rm } from 'node:fs/promises'
import { platform } from 'node:os'
import { join } from 'node:path'
import { type Diagnostic, diagnose } from '../../../base/diagnostic.ts'
import { type DockerEngine, dockerEngine } from '../../../docker-api/engine.ts'
import { type FoundEngine, findEngine } from '../../../docker-api/find-engine.ts'
import { thisUser } from '../../../media/this-user.ts'
import type { Image, Index } from '../../../oci/views.ts'
import type { StagePlan } from '../../../plan/plan.ts'
import type { CodePlacer } from '../../../ports/code.ts'
import type { Infrastructure } from '../../../ports/infrastructure.ts'
import type { RegistryUse } from '../../../ports/registry-use.ts'
import type { RegistryClient } from '../../../registry/client.ts'
import { homeId } from '../home-id.ts'
import { serviceNames } from '../local/service-names.ts'
import { deadStageFolders, makeStageFolder } from '../local/stage-folder.ts'
import { pathsToShare } from '../paths-to-share.ts'
import { checkStage, withoutImage } from './check-stage.ts'
import { dockerWorkspace } from './docker-workspace.ts'
import { homeLabel, isLeftOver, labelsOf, type Self, stageLabel } from './labels.ts'
import { removeMarked } from './remove-stage.ts'
import { openStageContainer } from './stage-container.ts'

export interface DockerOptions {
  /** Folder for workspaces, and for the name that this machine has with the engine. */
  readonly dir: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly code: CodePlacer
  readonly self: Self
  readonly client: (use: RegistryUse) => RegistryClient
  readonly stored: (name: string, o: { readonly signal: AbortSignal }) => Promise<Image | Index>
}

/** The image of steps that name none. */
const imageVariable = 'SLIPWAY_STEP_IMAGE'
const removeMs = 30_000

export interface DockerInfrastructure extends Infrastructure {
  /** Its connections. */
  close(): Promise<void>
}

export function dockerInfra(o: DockerOptions): DockerInfrastructure {
  let known: Promise<{ readonly found: FoundEngine; readonly engine: DockerEngine }> | undefined
  let swept: Promise<void> | undefined
  const engineHere = () => {
    known ??= findEngine(o.env).then((found) => ({ found, engine: dockerEngine(found.host, found.tls) }))
    return known
  }
  const usualImage = o.env[imageVariable] || undefined
  return {
    name: 'docker',
    check: (stage, w) => checkStage(stage, { ...w, usualImage, engineHere }),
    async open(stage, { run, signal, note }) {
      const { engine } = await engineHere()
      const home = await homeId(o.dir)
      swept ??= sweep(engine, home, o, signal).catch((error: unknown) => {
        swept = undefined
        throw error
      })
      await swept
      const base = await makeStageFolder(o.dir)
      const stageId = randomUUID()
      const labels = labelsOf({ home, run, stage: stage.path, stageId }, o.self)
      try {
        const folder = join(base, 'harness')
        await mkdir(folder)
        await chmod(folder, 0o777)
        const sharedPaths = pathsToShare(stage.sharedPaths ?? [], note)
        tellUsualImage(stage, usualImage, note)
        const needs = { engine, labels, stageId, folder, sharedPaths, hosts: serviceNames(stage.steps), mustCopy: mustCopy(), note }
        const container = await openStageContainer(needs, { signal })
        return dockerWorkspace({ ...o, engine, stage: container, stageId, labels, base, folder, usualImage, note })
      } catch (error) {
        await removeMarked(engine, { label: stageLabel, value: stageId }, { signal: AbortSignal.timeout(removeMs) }).catch(() => undefined)
        await rm(base, { recursive: true, force: true })
        throw error
      }
    },
    close: async () => (await known?.catch(() => undefined))?.engine.close(),
  }
}

function tellUsualImage(stage: StagePlan, image: string | undefined, note: (note: Diagnostic) => void): void {
  const names = withoutImage(stage).map(({ identifier }) => identifier)
  if (image !== undefined && names.length > 0) note(diagnose('INFRA_DOCKER_STEP_IMAGE', { image, names: names.join(', ') }))
}

/** On Linux what a container writes belongs to its user, mostly root, and only root here can remove it. Docker Desktop gives it to us. */
function mustCopy(): string | undefined {
  return platform() === 'linux' && thisUser().uid !== 0 ? 'what containers write belongs to others than this user' : undefined
}

/** What runs of this data folder left that are over, one way or another. */
async function sweep(engine: DockerEngine, home: string, { dir, self }: DockerOptions, signal: AbortSignal): Promise<void> {
  await removeMarked(engine, { label: homeLabel, value: home, which: (labels) => isLeftOver(labels, self) }, { signal })
  for (const folder of await deadStageFolders(dir)) await rm(folder, { recursive: true, force: true })
}
