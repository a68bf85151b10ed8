/** Embedded registries: served by the command, or inside a run for hosts that are mapped to `embedded:NAME`. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { CollectedRegistry, EmbeddedRegistries, RegistryServer, RegistryServerOptions } from '../cli/toolbox.ts'
import { ifPresent } from '../media/file-errors.ts'
import type { HostMapping } from '../registry/endpoint.ts'
import { basicAuth } from '../registry/server/access-rule.ts'
import type { GarbageOptions } from '../registry/server/collect-garbage.ts'
import { createRegistry } from '../registry/server/create-registry.ts'
import { embeddedScheme } from './embedded-host.ts'
import { systemClock } from './system-clock.ts'

/** One listener per name on a free port of the loopback interface, with the data that `slipway registry serve` serves. */
export async function embeddedRegistries(hosts: readonly HostMapping[], home: string): Promise<EmbeddedRegistries> {
  const servers = new Map<string, RegistryServer>()
  const place = async (text: string): Promise<string> => {
    if (!text.startsWith(embeddedScheme)) return text
    const name = text.slice(embeddedScheme.length).replace(/[^\w.-]/g, '_')
    const server = servers.get(name) ?? (await registryServer({ host: '127.0.0.1', port: 0, data: join(home, 'registry', name) }))
    servers.set(name, server)
    return server.url
  }
  const mapped: HostMapping[] = []
  for (const { endpoint, mirrors, ...rule } of hosts) {
    const places: string[] = []
    for (const mirror of mirrors ?? []) places.push(await place(mirror))
    mapped.push({ ...rule, ...(endpoint !== undefined && { endpoint: await place(endpoint) }), ...(mirrors !== undefined && { mirrors: places }) })
  }
  return { hosts: mapped, close: async () => void (await Promise.all([...servers.values()].map((server) => server.close()))) }
}

export async function registryServer(o: RegistryServerOptions): Promise<RegistryServer> {
  const ending = new AbortController()
  const registry = createRegistry({
    dir: o.data,
    ...(o.readOnly !== undefined && { readOnly: o.readOnly }),
    ...(o.users !== undefined && { auth: basicAuth(o.users) }),
  })
  const listening = await registry.listen({ host: o.host, port: o.port, ...(o.tls !== undefined && { tls: o.tls }), signal: ending.signal })
  // What crashes left is no reason to wait.
  const tidying = registry.tidy({ nowMs: systemClock.now(), signal: ending.signal }).catch(() => undefined)
  const close = async (): Promise<void> => {
    await registry.close()
    await tidying
  }
  return { url: listening.url, close }
}

/** The folder itself where it is a registry, and each folder in it that is one: `--listen ADDRESS=NAME` and `embedded:NAME` make those. */
export async function collectRegistries(dir: string, o: GarbageOptions): Promise<readonly CollectedRegistry[]> {
  const names = ((await ifPresent(readdir(dir, { withFileTypes: true }))) ?? []).filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  const collected: CollectedRegistry[] = []
  for (const folder of [dir, ...names.sort().map((name) => join(dir, name))]) {
    const inside = (await ifPresent(readdir(folder))) ?? []
    if (!inside.includes('blobs') || !inside.includes('repositories')) continue
    collected.push({ dir: folder, ...(await createRegistry({ dir: folder }).collect(o)) })
  }
  return collected
}
