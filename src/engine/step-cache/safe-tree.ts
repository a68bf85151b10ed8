/**
 * Writes below one folder and nowhere else, whatever is asked for and whoever changes the folder meanwhile: every part of a path is opened from the
 * open folder above it, never through a link. Linux shows open folders below /proc/self/fd, which stands for calls that Node does not have.
 */
import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  futimesSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs'

export interface Dress {
  readonly mode: number
  readonly mtimeSeconds: number
  readonly owner?: { readonly uid: number; readonly gid: number }
}

export interface SafeTree {
  /** Opens a new file in place of what is there; folders above it are made. */
  file(parts: readonly string[]): number
  symlink(parts: readonly string[], target: string, mtimeSeconds: number): void
  /** `target` is a file that `file` made. */
  hardlink(parts: readonly string[], target: readonly string[]): void
  folder(parts: readonly string[]): void
  dressFolder(parts: readonly string[], dress: Dress): void
  close(): void
}

/** Says what is in the way. */
export class InTheWay extends Error {}

interface Level {
  readonly name: string
  readonly fd: number
}

const folderFlags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW
const fileFlags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW

export function safeTree(base: string): SafeTree {
  const root = openSync(base, constants.O_RDONLY | constants.O_DIRECTORY)
  const [walker, other] = [makeWalker(root), makeWalker(root)]
  const place = (parts: readonly string[]): string => `${walker.enter(parts.slice(0, -1))}/${parts.at(-1)}`
  return {
    file(parts) {
      const path = place(parts)
      clear(path)
      return openSync(path, fileFlags, 0o600)
    },
    symlink(parts, target, mtimeSeconds) {
      const path = place(parts)
      clear(path)
      symlinkSync(target, path)
      lutimesSync(path, mtimeSeconds, mtimeSeconds)
    },
    hardlink(parts, target) {
      const path = place(parts)
      const from = `${other.enter(target.slice(0, -1))}/${target.at(-1)}`
      clear(path)
      linkSync(from, path)
    },
    folder: (parts) => void walker.enter(parts),
    dressFolder(parts, dress) {
      walker.enter(parts)
      dressOpen(walker.current(), dress)
    },
    close() {
      walker.close()
      other.close()
      closeSync(root)
    },
  }
}

/** The owner goes first: giving a file away takes its special bits. */
export function dressOpen(fd: number, { mode, mtimeSeconds, owner }: Dress): void {
  if (owner !== undefined) fchownSync(fd, owner.uid, owner.gid)
  fchmodSync(fd, mode)
  futimesSync(fd, mtimeSeconds, mtimeSeconds)
}

/** Keeps the folders down to the last one open: entries of an archive come folder by folder. */
function makeWalker(root: number) {
  const levels: Level[] = []
  const current = (): number => levels.at(-1)?.fd ?? root
  return {
    current,
    enter(parts: readonly string[]): string {
      let same = 0
      while (same < levels.length && same < parts.length && levels[same]?.name === parts[same]) same++
      for (const { fd } of levels.splice(same).reverse()) closeSync(fd)
      for (const name of parts.slice(same)) levels.push({ name, fd: openFolder(`/proc/self/fd/${current()}/${name}`, name) })
      return `/proc/self/fd/${current()}`
    },
    close() {
      for (const { fd } of levels.splice(0)) closeSync(fd)
    },
  }
}

function openFolder(path: string, name: string): number {
  try {
    return openSync(path, folderFlags)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ELOOP' || (code === 'ENOTDIR' && lstatSync(path).isSymbolicLink()))
      throw new InTheWay(`"${name}" is a link there, and nothing is unpacked through links`)
    if (code === 'ENOTDIR') throw new InTheWay(`"${name}" is a file there`)
    if (code !== 'ENOENT') throw error
    mkdirSync(path, 0o755)
    return openSync(path, folderFlags)
  }
}

/** A file or link gives way, so that nothing is written through it. */
function clear(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return
    if (code === 'EISDIR' || code === 'EPERM') throw new InTheWay('there is a folder of that name')
    throw error
  }
}
