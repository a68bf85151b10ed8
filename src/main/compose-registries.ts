/** Embedded registries: served by the command, or inside a run for hosts that are mapped to `embedded:NAME`. */
import { join } from 'node:path'
import type { EmbeddedRegistries, RegistryServer } from '../cli/toolbox.ts'
import type { HostMapping } from '../registry/endpoint.ts'
import { createRegistry } from '../registry/server/create-registry.ts'
import { embeddedScheme, isEmbedded } from './embedded-host.ts'
import { systemClock } from './system-clock.ts'

/** One listener per name on a free port of the loopback interface, with the data that `slipway registry serve` serves. */
export async function embeddedRegistries(hosts: readonly HostMapping[], home: string): Promise<EmbeddedRegistries> {
  const servers = new Map<string, RegistryServer>()
  const mapped: HostMapping[] = []
  for (const rule of hosts) {
    if (!isEmbedded(rule)) {
      mapped.push(rule)
      continue
    }
    const name = rule.endpoint.slice(embeddedScheme.length).replace(/[^\w.-]/g, '_')
    const server = servers.get(name) ?? (await registryServer({ host: '127.0.0.1', port: 0, data: join(home, 'registry', name) }))
    servers.set(name, server)
    mapped.push({ ...rule, endpoint: server.url })
  }
  return { hosts: mapped, close: async () => void (await Promise.all([...servers.values()].map((server) => server.close()))) }
}

export async function registryServer(o: { readonly host: string; readonly port: number; readonly data: string }): Promise<RegistryServer> {
  const ending = new AbortController()
  const registry = createRegistry({ dir: o.data })
  const listening = await registry.listen({ host: o.host, port: o.port, signal: ending.signal })
  // What crashes left is no reason to wait.
  const tidying = registry.tidy({ nowMs: systemClock.now(), signal: ending.signal }).catch(() => undefined)
  const close = async (): Promise<void> => {
    await registry.close()
    await tidying
  }
  return { url: listening.url, close }
}
