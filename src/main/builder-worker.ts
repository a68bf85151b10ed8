/** This program as the root of a user namespace: one build for the process that started it, with a registry client of its own. */

import { join } from 'node:path'
import type { FromWorker, ToWorker } from '../adapters/builders/rootless/messages.ts'
import { ownChannel } from '../adapters/builders/rootless/process-channel.ts'
import { serveBuild } from '../adapters/builders/rootless/serve-build.ts'
import { mountsOf } from '../builder/mounts/cache-mounts.ts'
import { openRunWorld } from '../builder/run-world.ts'
import { cacheKeeper } from '../builder/store/cache-keeper.ts'
import { contentStore } from '../media/content-store.ts'
import { createRegistryClient } from '../registry/client.ts'
import { proxiesOf } from '../registry/proxies.ts'
import { ownDispatchers, undiciHttp } from '../registry/undici-http.ts'
import { builderHere } from './compose-builder.ts'
import { forcedSandbox } from './forced-rung.ts'
import { systemClock as clock } from './system-clock.ts'

/** Ctrl-C reaches this process as well, but what it means is said by the one that asked. */
export async function runWorker(): Promise<void> {
  const channel = ownChannel<ToWorker, FromWorker>(process)
  await serveBuild(channel, {
    builder({ home, hosts, env }, authFor) {
      const { dispatchers } = ownDispatchers({ proxies: proxiesOf(env) })
      const client = (connector?: string) => createRegistryClient({ send: undiciHttp(dispatchers), auth: authFor(connector), clock, hosts })
      const sandbox = forcedSandbox(env, { inNamespace: true })
      return builderHere({ home, client, env, ...(sandbox !== undefined && { sandbox }) })
    },
    cache: ({ home }) => cacheKeeper(home),
    mounts: ({ home, env }) => mountsOf(home, contentStore(join(home, 'images')), forcedSandbox(env, { inNamespace: true })),
    ability: async ({ home, env }, w) => (await openRunWorld(join(home, 'build'), forcedSandbox(env, { inNamespace: true }), w)).ability,
  })
  await new Promise<void>((resolve) => (process.connected ? void process.once('disconnect', () => resolve()) : resolve()))
  process.exit()
}
