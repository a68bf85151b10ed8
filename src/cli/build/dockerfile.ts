/** The Dockerfile of a build and the ignore file that goes with it. */
import { readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { problem } from '../../base/problem.ts'
import type { BuildRequest } from '../../ports/builder.ts'
import type { World } from '../world.ts'

type Texts = Pick<BuildRequest, 'dockerfile' | 'dockerignore'>

export interface Place {
  /** Absolute. */
  readonly contextDir: string
  /** The folder that `--file` starts from: where the user is, or a context that was fetched. */
  readonly cwd: string
}

export async function dockerfileOf(given: string | undefined, { contextDir, cwd }: Place, world: World): Promise<Texts> {
  const file = given === undefined ? join(contextDir, 'Dockerfile') : resolve(cwd, given)
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === 'ENOENT' ? 'there is no such file' : cause.message
    throw problem('FILE_UNREADABLE', { file, reason, cwd: world.cwd }, { cause })
  })
  return { dockerfile: { name: given ?? 'Dockerfile', text }, ...(await ignoreFile(contextDir, file)) }
}

/** `<Dockerfile>.dockerignore` goes before the context's own. */
export async function ignoreFile(contextDir: string, dockerfile?: string): Promise<Pick<Texts, 'dockerignore'>> {
  const own = dockerfile === undefined ? [] : [`${dockerfile}.dockerignore`]
  for (const file of [...own, join(contextDir, '.dockerignore')]) {
    const text = await readFile(file, 'utf8').catch(() => undefined)
    if (text !== undefined) return { dockerignore: { name: dirname(file) === contextDir ? file.slice(contextDir.length + 1) : file, text } }
  }
  return {}
}
