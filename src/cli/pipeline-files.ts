/** Pipeline files that were named: a folder stands for the YAML files directly in it. */
import { readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { World } from './world.ts'

export async function pipelineFiles(names: readonly string[], world: Pick<World, 'cwd'>): Promise<readonly string[]> {
  const files: string[] = []
  for (const name of names) {
    const path = resolve(world.cwd, name)
    const isFolder = await stat(path).then(
      (stats) => stats.isDirectory(),
      () => false,
    )
    if (!isFolder) files.push(name)
    else for (const entry of (await readdir(path)).sort()) if (/\.ya?ml$/.test(entry)) files.push(join(name, entry))
  }
  return files
}
