/** The token of a server: from a file or the environment, never from an argument, which others see. */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { problem } from '../../base/problem.ts'
import type { World } from '../world.ts'

const shortest = 16

export async function readToken(file: string | undefined, world: World): Promise<string | undefined> {
  const text = file === undefined ? world.env['SLIPWAY_SERVE_TOKEN'] : await textOf(file, world)
  const token = text?.trim()
  if (token === undefined || (file === undefined && token === '')) return undefined
  if (token.length < shortest) throw problem('SERVE_TOKEN_WEAK', { length: token.length })
  return token
}

function textOf(file: string, world: World): Promise<string> {
  return readFile(resolve(world.cwd, file), 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw problem('FILE_UNREADABLE', { file, reason: cause.code === 'ENOENT' ? 'there is no such file' : cause.message, cwd: world.cwd }, { cause })
  })
}
