/** The engine buildx over the image store and the registry clients of a step. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { buildxBuilder } from '../adapters/builders/buildx/buildx-builder.ts'
import { Problem } from '../base/problem.ts'
import { uniqueId } from '../base/unique-id.ts'
import { contentStore } from '../media/content-store.ts'
import { parseRef, withDefaultTag } from '../oci/ref.ts'
import type { Builder } from '../ports/builder.ts'
import type { Purpose } from '../ports/registry-use.ts'
import type { RegistryClient } from '../registry/client.ts'
import { pullImage } from '../registry/pull.ts'
import type { Machine } from './compose-toolbox.ts'

export function composeBuildx(
  { home, client }: { readonly home: string; readonly client: (purpose: Purpose) => RegistryClient },
  { env, kill, clock, pid }: Machine,
): Builder {
  const storeDir = join(home, 'images')
  return buildxBuilder({
    world: { env, kill },
    workDir: join(home, 'buildx'),
    store: contentStore(storeDir),
    storeDir,
    registries: { pull: client('pull'), push: client('push') },
    newId: () => uniqueId(clock.now(), randomBytes(16)),
    pid,
    async openBase(name, platform, { signal }) {
      const ref = parseRef(name)
      const [wrong] = ref.diagnostics
      if (!ref.ok) throw wrong === undefined ? new Error(`${name} is no image reference`) : new Problem(wrong)
      return pullImage(withDefaultTag(ref.value), { client: client('pull'), platform, signal })
    },
  })
}
