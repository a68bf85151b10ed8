/** The folder of a stage, named by the process that made it: what a dead one left is taken away when another begins. */
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isAlive, thisProcess } from '../../../builder/rootfs/owner-process.ts'

const prefix = 'stage-'

export async function makeStageFolder(dir: string): Promise<string> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  return mkdtemp(join(dir, `${prefix}${thisProcess().replace(' ', '.')}-`))
}

/** `remove` is told of each; it may need more rights than this process has. */
export async function sweepStageFolders(dir: string, remove: (folder: string) => Promise<void> = removeFolder): Promise<void> {
  for (const name of await readdir(dir).catch(() => [])) {
    const [, owner] = /^stage-([^-]+)-/.exec(name) ?? []
    if (owner !== undefined && !isAlive(owner.replace('.', ' '))) await remove(join(dir, name))
  }
}

export function removeFolder(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true, maxRetries: 5 })
}
