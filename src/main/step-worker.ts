/** This program as the root of a user namespace: steps in images, for the stage of the process that started it. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ownChannel } from '../adapters/builders/rootless/process-channel.ts'
import { imageStore } from '../adapters/images/image-store.ts'
import type { FromStepWorker, ToStepWorker } from '../adapters/infra/local/image/rootless/messages.ts'
import { serveSteps } from '../adapters/infra/local/image/rootless/serve-steps.ts'
import { createRegistryClient } from '../registry/client.ts'
import { proxiesOf } from '../registry/proxies.ts'
import { ownDispatchers, undiciHttp } from '../registry/undici-http.ts'
import { stepImagesHere } from './compose-step-images.ts'
import { forcedSandbox } from './forced-rung.ts'
import { systemClock as clock } from './system-clock.ts'

export async function runStepWorker(): Promise<void> {
  await serveSteps(ownChannel<ToStepWorker, FromStepWorker>(process), {
    steps({ home, env }, hosts, auth) {
      const { dispatchers } = ownDispatchers({ proxies: proxiesOf(env) })
      const sandbox = forcedSandbox(env, { inNamespace: true })
      return stepImagesHere({
        home,
        images: imageStore({ dir: join(home, 'images') }).source,
        client: () => createRegistryClient({ send: undiciHttp(dispatchers), auth, clock, hosts }),
        ...(sandbox !== undefined && { sandbox }),
      })
    },
    remove: (folder) => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  })
  process.exit()
}
