/** What a run may leave on a machine: processes of its data folder, mounts, loop devices in use, temporary files, folders of stages and of work. */
import { readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Traces {
  readonly processes: readonly string[]
  readonly mounts: readonly string[]
  readonly loops: readonly string[]
  readonly temporary: readonly string[]
  readonly folders: readonly string[]
}

/** `mark`: what the command lines of the run's own processes hold. */
export function traces(data: string, mark: string): Traces {
  return {
    processes: names('/proc')
      .filter((pid) => /^\d+$/.test(pid) && text(`/proc/${pid}/cmdline`).includes(mark))
      .map((pid) => text(`/proc/${pid}/cmdline`)),
    mounts: text('/proc/self/mounts').split('\n').sort(),
    loops: names('/sys/block').filter((name) => name.startsWith('loop') && names(`/sys/block/${name}/loop`).length > 0),
    temporary: names(tmpdir()).filter((name) => name.startsWith('tmp.')),
    folders: ['stages', 'build/runs'].flatMap((folder) => names(join(data, folder))),
  }
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}

function text(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
