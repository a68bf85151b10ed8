/** `slipway registry serve`: the embedded registry on one or more addresses, each with data of its own. */
import { join } from 'node:path'
import { problem } from '../../base/problem.ts'
import { type ExitCode, exitCodes } from '../failures.ts'
import type { RegistryServer } from '../toolbox.ts'
import type { World } from '../world.ts'

export interface ServeOptions {
  readonly listen: readonly string[]
  readonly data?: string
}

export async function registryServe(o: ServeOptions, world: World): Promise<ExitCode> {
  const addresses = (o.listen.length === 0 ? ['127.0.0.1:5000'] : o.listen).map(parseAddress)
  const data = o.data ?? join(world.home, 'registry')
  const servers: RegistryServer[] = []
  try {
    for (const [i, address] of addresses.entries()) {
      const folder = address.name ?? (addresses.length === 1 ? '' : String(i + 1))
      const server = await world.tools.registryServer({ host: address.host, port: address.port, data: join(data, folder) })
      servers.push(server)
      await world.stdout.write(`registry at ${server.url}, data in ${join(data, folder)}\n`)
    }
    await new Promise<void>((resolve) => world.signal.addEventListener('abort', () => resolve(), { once: true }))
    return exitCodes.done
  } finally {
    for (const server of servers) await server.close()
  }
}

interface Address {
  readonly host: string
  readonly port: number
  readonly name?: string
}

/** `HOST:PORT`, `[::1]:PORT`, each perhaps with `=NAME` for its data folder. */
function parseAddress(text: string): Address {
  const match = /^(\[[0-9a-fA-F:]+\]|[^:=]+):(\d{1,5})(?:=([\w.-]+))?$/.exec(text)
  const [, host, port, name] = match ?? []
  if (host === undefined || Number(port) > 65_535) throw problem('LISTEN_BAD', { text })
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port), ...(name !== undefined && { name }) }
}
