/** The folder of a stage, named by the process that made it: what a dead one left is taken away when another begins. */
import { mkdir, mkdtemp, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isAlive, thisProcess } from '../../../media/owner-process.ts'

const prefix = 'stage-'

export async function makeStageFolder(dir: string): Promise<string> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  return mkdtemp(join(dir, `${prefix}${thisProcess().replace(' ', '.')}-`))
}

export async function deadStageFolders(dir: string): Promise<readonly string[]> {
  const names = await readdir(dir).catch(() => [])
  return names.filter((name) => isDead(/^stage-([^-]+)-/.exec(name)?.[1])).map((name) => join(dir, name))
}

function isDead(owner: string | undefined): boolean {
  return owner !== undefined && !isAlive(owner.replace('.', ' '))
}
