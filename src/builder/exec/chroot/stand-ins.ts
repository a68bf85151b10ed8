/** What would be mounted, put in place for the time of a run: files written, folders moved or copied in, and all of it taken away again. */
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { parentOf } from '../../tree/node.ts'
import type { SandboxMount, Scratch, Stack } from '../sandbox.ts'

export interface Placing extends Scratch {
  /** The folder that the command sees as its root. */
  readonly root: string
  /** The run's own, on the same file system. */
  readonly folder: string
  /** Writes layers into a folder. */
  readonly unpack: (to: string, stack: Stack) => Promise<void>
}

export interface Placed {
  /** Below the root: what is none of the image's. */
  readonly targets: readonly string[]
  /** Folders with something that was not there. */
  readonly touched: readonly string[]
  /** Of what stands there, by number: it is none of the image's wherever the command has put it. */
  readonly inodes: ReadonlySet<bigint>
  /** In any case, and once. */
  takeAway(): void
}

/** Throws when something cannot be had without mounting it; what is in place then is taken away. */
export async function placeStandIns(mounts: readonly SandboxMount[], o: Placing): Promise<Placed> {
  const undo: (() => void)[] = []
  const isPlain = plainBelow(o.root)
  // Folders that something is put in the place of something: their times stay the image's. Those where something new comes get a new time, as with mounts.
  const times = new Map<string, Stats>()
  const touched = new Set<string>()
  const note = (folder: string): void => {
    if (!times.has(folder)) times.set(folder, lstatSync(folder))
  }
  const takeAway = (): void => {
    // The command may have put links where its folders were: they would lead out of its root.
    const changed = [...times.keys()].filter(isPlain).map((folder) => [folder, lstatSync(folder)] as const)
    for (const step of undo.splice(0).reverse()) step()
    for (const [folder, stats] of changed) if (isPlain(folder)) setTime(folder, stats)
  }
  const inodes = new Set<bigint>()
  try {
    for (const [i, mount] of mounts.entries()) await placeOne(mount, i, { undo, note, touched, inodes, isPlain }, o)
    for (const [folder, stats] of times) if (!touched.has(folder.slice(o.root.length + 1))) setTime(folder, stats)
  } catch (error) {
    takeAway()
    throw error
  }
  return { targets: mounts.map(({ target }) => below(target)), touched: [...touched], inodes, takeAway }
}

/** Tells of a folder below the root that it is one, and reached through folders only. */
function plainBelow(root: string): (folder: string) => boolean {
  const real = realpathSync(root)
  return (folder) => {
    try {
      return realpathSync(folder) === real + folder.slice(root.length) && lstatSync(folder).isDirectory()
    } catch {
      return false
    }
  }
}

function below(target: string): string {
  return target.replace(/^\/+/, '').replace(/\/+$/, '')
}

interface Steps {
  readonly undo: (() => void)[]
  readonly note: (folder: string) => void
  /** Folders with something that was not there. */
  readonly touched: Set<string>
  readonly inodes: Set<bigint>
  /** Of what is below the root, when the command has ended. */
  readonly isPlain: (folder: string) => boolean
}

async function placeOne(mount: SandboxMount, i: number, steps: Steps, o: Placing): Promise<void> {
  const target = below(mount.target)
  const to = join(o.root, target)
  const { undo, isPlain } = steps
  makeFolders(parentOf(target), steps, o.root)
  const saved = join(o.folder, `saved-${i}`)
  if (lstatSync(to, { throwIfNoEntry: false }) !== undefined) {
    steps.note(join(o.root, parentOf(target)))
    renameSync(to, saved)
    undo.push(() => {
      if (isPlain(dirname(to)) && lstatSync(to, { throwIfNoEntry: false }) === undefined) renameSync(saved, to)
    })
  } else steps.touched.add(parentOf(target))
  const gone = (): void => {
    if (isPlain(dirname(to))) rmSync(to, { recursive: true, force: true })
  }
  undo.push(gone)
  switch (mount.kind) {
    case 'file':
      writeFileSync(to, mount.content, { mode: 0o600 })
      chownSync(to, mount.uid, mount.gid)
      chmodSync(to, mount.mode)
      break
    case 'tmpfs':
      mkdirSync(to, { mode: 0o777 })
      chmodSync(to, 0o1777)
      break
    case 'socket':
      linkSync(mount.source, to)
      break
    case 'stack': {
      const unpacked = join(o.folder, `stack-${i}`)
      await o.unpack(unpacked, mount.stack)
      renameSync(join(unpacked, mount.source), to)
      break
    }
    case 'folder':
      if (mount.readOnly) await o.unpack(to, [{ kind: 'folder', folder: mount.source }])
      else {
        const own = lstatSync(mount.source, { bigint: true }).ino
        renameSync(mount.source, to)
        // Instead of being removed.
        undo[undo.indexOf(gone)] = () => {
          if (isPlain(to) && lstatSync(to, { bigint: true }).ino === own) renameSync(to, mount.source)
        }
      }
  }
  if (mount.kind !== 'socket') steps.inodes.add(lstatSync(to, { bigint: true }).ino)
}

function makeFolders(path: string, steps: Steps, root: string): void {
  if (path === '' || lstatSync(join(root, path), { throwIfNoEntry: false }) !== undefined) return
  makeFolders(parentOf(path), steps, root)
  mkdirSync(join(root, path), { mode: 0o755 })
  steps.undo.push(() => {
    try {
      if (steps.isPlain(join(root, path))) rmdirSync(join(root, path))
    } catch {
      // The command put something there, so the folder is its doing now.
    }
  })
}

function setTime(folder: string, stats: Stats): void {
  utimesSync(folder, stats.atimeMs / 1000, stats.mtimeMs / 1000)
}
