/** `slipway registry serve`: the embedded registry on one or more addresses, each with data of its own. */
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { problem } from '../../base/problem.ts'
import { type ExitCode, exitCodes } from '../failures.ts'
import { listenAddress } from '../listen-address.ts'
import type { RegistryServer, RegistryServerOptions } from '../toolbox.ts'
import type { World } from '../world.ts'

export interface ServeOptions {
  readonly listen: readonly string[]
  readonly data?: string
  readonly readOnly?: boolean
  /** File of `user:password` lines. */
  readonly users?: string
  readonly tlsCert?: string
  readonly tlsKey?: string
}

export async function registryServe(o: ServeOptions, world: World): Promise<ExitCode> {
  const addresses = (o.listen.length === 0 ? ['127.0.0.1:5000'] : o.listen).map(listenAddress)
  const data = o.data ?? join(world.home, 'registry')
  const access = await accessOf(o, world)
  const servers: RegistryServer[] = []
  try {
    for (const [i, address] of addresses.entries()) {
      const folder = address.name ?? (addresses.length === 1 ? '' : String(i + 1))
      const server = await world.tools.registryServer({ host: address.host, port: address.port, data: join(data, folder), ...access })
      servers.push(server)
      await world.stdout.write(`registry at ${server.url}, data in ${join(data, folder)}\n`)
    }
    await new Promise<void>((resolve) => world.signal.addEventListener('abort', () => resolve(), { once: true }))
    return exitCodes.done
  } finally {
    for (const server of servers) await server.close()
  }
}

/** Passwords and keys come in files, never in arguments. */
async function accessOf(o: ServeOptions, world: World): Promise<Pick<RegistryServerOptions, 'readOnly' | 'users' | 'tls'>> {
  if ((o.tlsCert === undefined) !== (o.tlsKey === undefined)) throw problem('SERVE_TLS_HALF', {})
  return {
    readOnly: o.readOnly ?? false,
    ...(o.users !== undefined && { users: usersOf(await text(o.users, world), o.users) }),
    ...(o.tlsCert !== undefined && o.tlsKey !== undefined && { tls: { cert: await text(o.tlsCert, world), key: await text(o.tlsKey, world) } }),
  }
}

function text(file: string, world: World): Promise<string> {
  return readFile(resolve(world.cwd, file), 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw problem('FILE_UNREADABLE', { file, reason: cause.code === 'ENOENT' ? 'there is no such file' : cause.message, cwd: world.cwd }, { cause })
  })
}

/** Blank lines and lines that begin with # say nothing. */
function usersOf(content: string, file: string): Record<string, string> {
  const users: Record<string, string> = {}
  for (const [i, line] of content.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const at = line.indexOf(':')
    if (at < 1) throw problem('SERVE_USERS_BAD', { file, line: i + 1 })
    users[line.slice(0, at)] = line.slice(at + 1)
  }
  return users
}
