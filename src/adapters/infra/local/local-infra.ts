/** Infrastructure local: steps are processes of this machine, in a workspace folder of their stage. */
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { arch, platform } from 'node:os'
import { join, resolve } from 'node:path'
import { diagnose } from '../../../base/diagnostic.ts'
import { cpuOf } from '../../../builder/exec/machine/launch.ts'
import { thisUser } from '../../../media/this-user.ts'
import { once } from '../../../oci/once.ts'
import type { CodePlacer } from '../../../ports/code.ts'
import type { Infrastructure, StageOpening } from '../../../ports/infrastructure.ts'
import type { ImageSteps } from './image/image-job.ts'
import { localWorkspace } from './local-workspace.ts'
import { makeRoom, type Room, type RoomNeeds } from './room/make-room.ts'
import { namedPipes, type Pipes } from './room/pipes.ts'
import { serviceNames } from './service-names.ts'
import { type SharedFolders, sharedFolders } from './shared-folders.ts'
import { deadStageFolders, makeStageFolder } from './stage-folder.ts'
import { hostPath } from './workspace-paths.ts'

export interface LocalOptions {
  /** Folder for workspaces; each stage gets a new one inside. */
  readonly dir: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly code: CodePlacer
  readonly kill: (pid: number, signal: NodeJS.Signals) => void
  /** Who carries out steps in images, for one stage. */
  readonly images: () => ImageSteps
  /** The workspace of every stage, and still there afterwards; without it each stage gets one of its own, at /harness. */
  readonly folder?: string
}

export function localInfra(o: LocalOptions): Infrastructure {
  const swept = once(() => sweep(o))
  return {
    name: 'local',
    async check(stage) {
      const os = stage.infrastructure.os.toLowerCase()
      return os === 'linux' || os === '' ? [] : [diagnose('INFRA_OS_UNSUPPORTED', { os: stage.infrastructure.os, infra: 'local' })]
    },
    async open(stage, { signal, note }) {
      await swept()
      const base = await makeStageFolder(o.dir)
      try {
        const workspace = o.folder ?? join(base, 'harness')
        if (o.folder === undefined) await mkdir(workspace)
        await mkdir(join(base, 'tmp'))
        await mkdir(join(base, 'steps'), { mode: 0o700 })
        const cpu = cpuOf(arch())
        const pipes = cpu === undefined || platform() !== 'linux' ? undefined : namedPipes(join(base, 'pipes'), cpu, { signal })
        const hosts = serviceNames(stage.steps)
        const shared = sharedFolders(base, stage.sharedPaths ?? [])
        const machine = shared.folders.filter(({ onMachine }) => onMachine).map(({ source, target }) => [source, target] as const)
        const needs = { base, workspace, env: o.env, note, pipes, binds: [...machine, ...(await hostsBind(base, hosts))] }
        const room = o.folder === undefined ? await roomOf(needs) : undefined
        tellUnshared(shared, room !== undefined, note)
        const inside = { base, workspace, room, pipes, hosts, shared: shared.folders, hostPath: paths(workspace, o.folder !== undefined) }
        return localWorkspace({ ...inside, env: o.env, kill: o.kill, images: o.images(), note, code: o.code })
      } catch (error) {
        await rm(base, { recursive: true, force: true })
        throw error
      }
    },
  }
}

/** In a folder of the machine, /harness is the machine's own where it has one. */
function paths(workspace: string, inPlace: boolean): (path: string) => string {
  return inPlace && existsSync('/harness') ? (path) => resolve(workspace, path) : (path) => hostPath(workspace, path)
}

/** In a user namespace a step cannot become another user, as with sudo. Who needs that can do without /harness. */
const withoutRooms = 'SLIPWAY_NAMESPACES'

interface RoomOptions extends Pick<LocalOptions, 'env'>, Pick<StageOpening, 'note'> {
  readonly base: string
  readonly workspace: string
  readonly pipes: Pipes | undefined
  readonly binds: RoomNeeds['binds']
}

/** Who is root may still be kept from making namespaces without one for users. */
async function roomOf({ base, workspace, note, env, pipes, binds }: RoomOptions): Promise<Room | undefined> {
  const { uid, gid } = thisUser()
  const reasons: string[] = []
  const ways = uid === 0 ? [undefined, { uid, gid }] : [{ uid, gid }]
  if (pipes !== undefined && env[withoutRooms] !== '0') {
    for (const person of ways) {
      const made = await makeRoom({ folder: join(base, `room${reasons.length}`), workspace, binds, person, pipes })
      if (made.kind === 'room') return made.room
      reasons.push(made.reason)
    }
  }
  const without = pipes === undefined ? 'it takes Linux on x86-64 or arm64' : `${withoutRooms} is 0`
  note(diagnose('WORKSPACE_ELSEWHERE', { folder: workspace, reason: reasons.join('; ') || without }))
  return undefined
}

function tellUnshared({ folders, refused }: SharedFolders, hasRoom: boolean, note: StageOpening['note']): void {
  for (const path of refused) note(diagnose('SHARED_PATH_REFUSED', { path }))
  const hidden = folders.filter(({ onMachine }) => !onMachine || !hasRoom).map(({ target }) => target)
  if (hidden.length > 0) note(diagnose('SHARED_PATH_IN_IMAGES_ONLY', { paths: hidden.join(', ') }))
}

/** Services are found by the names of their steps, on this machine. */
async function hostsBind(base: string, names: readonly string[]): Promise<RoomNeeds['binds']> {
  if (names.length === 0) return []
  const file = join(base, 'hosts')
  const usual = await readFile('/etc/hosts', 'utf8').catch(() => '127.0.0.1\tlocalhost\n')
  await writeFile(file, `${usual.trimEnd()}\n${names.map((name) => `127.0.0.1\t${name}\n`).join('')}`)
  return [[file, '/etc/hosts']]
}

/** What belongs to users of images needs the one who carries out steps in images. */
async function sweep(o: LocalOptions): Promise<void> {
  const left = await deadStageFolders(o.dir)
  if (left.length === 0) return
  const images = o.images()
  try {
    for (const folder of left) await images.remove(folder)
  } finally {
    await images.close()
  }
}
