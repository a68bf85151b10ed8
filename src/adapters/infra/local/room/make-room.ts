/** Makes the room of a stage: a root folder with all that the machine shows at its own root, and /harness; tried out before it counts. */
import { existsSync } from 'node:fs'
import { mkdir, readdir, readlink, symlink, writeFile } from 'node:fs/promises'
import { arch, platform } from 'node:os'
import { join } from 'node:path'
import { cpuOf } from '../../../../builder/exec/machine/launch.ts'
import { assemble } from '../../../../builder/exec/machine/program.ts'
import type { Step } from '../../../../builder/exec/machine/step.ts'
import type { Pipes } from './pipes.ts'
import { type RoomPlan, roomSteps } from './room-program.ts'
import { startBoard } from './start-request.ts'
import { type Starter, starter } from './starter.ts'

export interface Room {
  readonly starter: Starter
  /** What its program does. */
  readonly steps: readonly Step[]
  readonly pipes: Pipes
}

export type RoomOrNot = { readonly kind: 'room'; readonly room: Room } | { readonly kind: 'none'; readonly reason: string }

export interface RoomNeeds {
  /** Empty, on a file system that allows programs. */
  readonly folder: string
  readonly workspace: string
  /** More that steps see: from a path of this machine to a path of theirs. */
  readonly binds: readonly (readonly [from: string, to: string])[]
  readonly person: RoomPlan['person']
  readonly pipes: Pipes
}

export const workspaceRoot = '/harness'

export async function makeRoom(o: RoomNeeds): Promise<RoomOrNot> {
  const cpu = cpuOf(arch())
  if (platform() !== 'linux' || cpu === undefined) return { kind: 'none', reason: `there are no namespaces for steps on ${platform()}, ${arch()}` }
  const root = join(o.folder, 'root')
  await mkdir(root, { recursive: true, mode: 0o755 })
  const own = [[o.workspace, workspaceRoot] as const, ...o.binds]
  const binds = [...(await showMachine(root)), ...own]
  for (const [, to] of own) await standIn(root, to)
  const steps = roomSteps({ root, binds, cwd: workspaceRoot, person: o.person })
  const program = join(o.folder, 'start')
  await writeFile(program, assemble(steps, cpu, startBoard), { mode: 0o700 })
  const room = { starter: starter(program), steps, pipes: o.pipes }
  const reason = await tryOut(room, join(o.folder, 'none'))
  if (reason === undefined) return { kind: 'room', room }
  await room.starter.close()
  return { kind: 'none', reason }
}

/** Links are made again; folders and files get something to be mounted on. */
async function showMachine(root: string): Promise<(readonly [string, string])[]> {
  const binds: (readonly [string, string])[] = []
  for (const entry of await readdir('/', { withFileTypes: true })) {
    const [from, at] = [`/${entry.name}`, join(root, entry.name)]
    if (entry.isSymbolicLink()) await symlink(await readlink(from), at)
    else if (entry.isDirectory()) await mkdir(at)
    else if (entry.isFile()) await writeFile(at, '')
    if (from !== '/proc' && from !== workspaceRoot && (entry.isDirectory() || entry.isFile())) binds.push([from, from])
  }
  return binds
}

/** Where the machine has nothing of that name at its root; below what it has, nothing of it is touched. */
async function standIn(root: string, path: string): Promise<void> {
  const top = `/${path.split('/')[1] ?? ''}`
  if (top === workspaceRoot || !existsSync(top)) await mkdir(join(root, path), { recursive: true })
}

/** A program that is not there: everything has to work up to the search for it. */
async function tryOut({ starter, steps }: Room, file: string): Promise<string | undefined> {
  const quiet = { out: '/dev/null', err: '/dev/null', onProcess: () => undefined }
  const { end } = await starter.start({ file, argv: ['none'], env: {}, ...quiet })
  const ended = await end
  if (ended.kind !== 'failed') return 'the program that starts steps ended in its first steps'
  const failed = steps[ended.step]
  const what = failed?.kind === 'call' ? failed.what : 'start'
  return what === 'execute' ? undefined : `cannot ${what}: ${ended.error}`
}
