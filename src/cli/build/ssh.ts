/** `--ssh default`, `--ssh ID=SOCKET` and `--ssh ID=KEY,KEY`, as buildx reads them. */
import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { problem } from '../../base/problem.ts'
import type { SshSource } from '../../ports/builder.ts'
import type { World } from '../world.ts'

type Machine = Pick<World, 'cwd' | 'env'>

export async function readSsh(given: readonly string[], machine: Machine): Promise<ReadonlyMap<string, SshSource>> {
  const sources = new Map<string, SshSource>()
  for (const text of given) {
    const at = text.indexOf('=')
    const id = at < 0 ? text : text.slice(0, at)
    if (id === '') throw problem('BUILD_FLAG_INVALID', { flag: '--ssh', text, reason: 'the id is missing' })
    if (sources.has(id)) throw problem('BUILD_FLAG_INVALID', { flag: '--ssh', text, reason: `"${id}" is given twice` })
    const paths = at < 0 ? [] : text.slice(at + 1).split(',')
    sources.set(
      id,
      await sourceOf(
        id,
        paths.filter((path) => path !== ''),
        machine,
      ),
    )
  }
  return sources
}

/** A lone socket is an agent; everything else is keys. */
async function sourceOf(id: string, paths: readonly string[], { cwd, env }: Machine): Promise<SshSource> {
  const files = paths.map((path) => resolve(cwd, path))
  if (files.length === 0) {
    const socket = env['SSH_AUTH_SOCK']
    if (socket === undefined || socket === '') throw problem('BUILD_SSH_SOURCE', { id, reason: 'no agent runs in this shell: SSH_AUTH_SOCK is not set' })
    return { kind: 'agent', socket }
  }
  const keys: Uint8Array[] = []
  for (const file of files) {
    const isSocket = await stat(file).then(
      (found) => found.isSocket(),
      (cause: NodeJS.ErrnoException) => {
        throw problem('BUILD_SSH_SOURCE', { id, reason: `${file}: ${cause.code === 'ENOENT' ? 'there is no such file' : cause.message}` }, { cause })
      },
    )
    if (isSocket && files.length > 1) throw problem('BUILD_SSH_SOURCE', { id, reason: `${file} is an agent, and stands alone` })
    if (isSocket) return { kind: 'agent', socket: file }
    keys.push(await readFile(file))
  }
  return { kind: 'keys', keys }
}
