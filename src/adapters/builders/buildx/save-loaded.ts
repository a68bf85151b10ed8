/** Images that a daemon was lent for want of archives: saved from it, and taken back. */
import { join } from 'node:path'
import { problem } from '../../../base/problem.ts'
import { type Asking, lastLine } from './find-tool.ts'
import { runTool } from './run-tool.ts'

const closeMs = 60_000

/** The archive. */
export async function saveLoaded(name: string, { folder, world, signal }: Asking): Promise<string> {
  const file = join(folder.path, `${name.replaceAll(/[^a-z0-9]+/g, '-')}.tar`)
  const ran = await runTool(['image', 'save', '--output', file, name], { env: folder.env, kill: world.kill, signal })
  if (ran.code !== 0) throw problem('BUILDX_FAILED', { reason: `the image could not be saved: ${lastLine(ran.err)}` })
  return file
}

/** Also of a build that failed or was aborted: it may never have come to be. */
export async function removeLoaded(name: string, { folder, world }: Pick<Asking, 'folder' | 'world'>): Promise<void> {
  await runTool(['image', 'rm', name], { env: folder.env, kill: world.kill, signal: AbortSignal.timeout(closeMs) }).catch(() => undefined)
}
