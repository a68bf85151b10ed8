/** What builds could leave on a machine, counted: mounts, loop devices, processes, descriptors of this process, files of a folder. */
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface LeftBehind {
  readonly mounts: number
  readonly loopDevices: number
  /** Command lines of those that have the mark in their environment. */
  readonly processes: readonly string[]
  readonly descriptors: number
}

/** `mark`: `NAME=VALUE`, which commands of the builds have in their environment. */
export function leftBehind(mark: string): LeftBehind {
  return {
    mounts: textOf('/proc/self/mountinfo').split('\n').length - 1,
    loopDevices: readdirSync('/sys/block').filter((name) => existsSync(join('/sys/block', name, 'loop/backing_file'))).length,
    processes: readdirSync('/proc').flatMap((pid) => {
      const has =
        /^\d+$/.test(pid) &&
        textOf(join('/proc', pid, 'environ'))
          .split('\0')
          .includes(mark)
      return has
        ? textOf(join('/proc', pid, 'cmdline'))
            .replaceAll('\0', ' ')
            .trim()
        : []
    }),
    // One of them is that of the folder which is being read.
    descriptors: readdirSync('/proc/self/fd').length - 1,
  }
}

export interface FilesBelow {
  readonly files: number
  readonly folders: number
  /** On the disk. */
  readonly bytes: number
}

export function filesBelow(folder: string): FilesBelow {
  let [files, folders, bytes] = [0, 0, 0]
  for (const one of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const facts = lstatSync(join(one.parentPath, one.name))
    if (facts.isDirectory()) folders += 1
    else files += 1
    bytes += facts.blocks * 512
  }
  return { files, folders, bytes }
}

/** Of something that may be gone meanwhile, or belong to somebody else: nothing. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
