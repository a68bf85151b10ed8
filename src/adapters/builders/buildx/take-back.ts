/** What a build whose process was killed left with docker: the builder that was made for it, and the images that a daemon was lent. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DeadFolder } from './private-folder.ts'
import { runTool, type ToolWorld } from './run-tool.ts'

const withinMs = 60_000

/** Done once for each, when the next build begins: a daemon that does not answer by then keeps what it has. */
export async function takeBack({ path, id, env }: DeadFolder, world: ToolWorld): Promise<void> {
  const docker = (...args: readonly string[]) => runTool(args, { env, kill: world.kill, signal: AbortSignal.timeout(withinMs) }).catch(() => undefined)
  const builders = await readdir(join(path, 'docker', 'buildx', 'instances')).catch((): readonly string[] => [])
  if (builders.includes(builderOf(id))) await docker('buildx', 'rm', '--force', builderOf(id))
  const lent = (await readFile(join(path, lentFile), 'utf8').catch(() => '')).split('\n').filter((name) => name !== '')
  for (const name of lent) await docker('image', 'rm', name)
}

/** Of no other build. */
export function builderOf(id: string): string {
  return `slipway-${id}`
}

/** In the folder of a build: names of images, one a line, written before a daemon gets them. */
export const lentFile = 'lent'
