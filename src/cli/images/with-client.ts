/** A registry client for one command: hosts and connectors of the folder's configuration, embedded registries included. */
import { join } from 'node:path'
import { diagnose } from '../../base/diagnostic.ts'
import type { RegistryClient } from '../../registry/client.ts'
import { printDiagnostics } from '../failures.ts'
import { hostRules } from '../host-rules.ts'
import { loadConfig } from '../load-config.ts'
import type { World } from '../world.ts'

export interface ClientOptions {
  readonly map: readonly string[]
  /** Says which credential was chosen for each registry, from where and why. */
  readonly debugAuth?: boolean
}

export async function withClient<T>(o: ClientOptions, world: World, use: (client: RegistryClient) => Promise<T>): Promise<T> {
  const config = await loadConfig([join(world.cwd, '.slipway'), world.home])
  await printDiagnostics(config.diagnostics, config.sources, world)
  const embedded = await world.tools.embeddedRegistries(await hostRules(o.map, config, world), world.home)
  const say = (line: string): void => void world.stderr.write(`auth: ${line}\n`)
  const warn = (registry: string, text: string): void => void printDiagnostics([diagnose('REGISTRY_WARNS', { registry, text })], [], world)
  const { connectors } = config
  const registry = await world.tools.registry({ hosts: embedded.hosts, connectors, home: world.home, warn, ...(o.debugAuth === true && { say }) })
  try {
    return await use(registry.client)
  } finally {
    await registry.close()
    await embedded.close()
  }
}
