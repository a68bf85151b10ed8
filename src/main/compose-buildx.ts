/** The engine buildx over the image store and the registry clients of a step. */
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { buildxBuilder } from '../adapters/builders/buildx/buildx-builder.ts'
import type { ToolMemory } from '../adapters/builders/buildx/find-tool.ts'
import { imageStore } from '../adapters/images/image-store.ts'
import { Problem } from '../base/problem.ts'
import { uniqueId } from '../base/unique-id.ts'
import { cacheKeeper } from '../builder/store/cache-keeper.ts'
import { contentStore } from '../media/content-store.ts'
import { parseRef, withDefaultTag } from '../oci/ref.ts'
import type { Builder } from '../ports/builder.ts'
import type { Purpose } from '../ports/registry-use.ts'
import type { RegistryClient } from '../registry/client.ts'
import { imageFor, pullImage } from '../registry/pull.ts'
import type { Machine } from './compose-toolbox.ts'

export function composeBuildx(
  { home, client, memory = {} }: { readonly home: string; readonly client: (purpose: Purpose) => RegistryClient; readonly memory?: ToolMemory },
  { env, kill, clock, pid, uid }: Machine,
): Builder {
  const storeDir = join(home, 'images')
  const kept = imageStore({ dir: storeDir })
  return buildxBuilder({
    world: { env, kill },
    memory,
    workDir: join(home, 'buildx'),
    store: contentStore(storeDir),
    storeDir,
    registries: { pull: client('pull'), push: client('push') },
    newId: () => uniqueId(clock.now(), randomBytes(16)),
    pid,
    // Folders that only a namespace may enter are tidied by the embedded builder, inside of one.
    tidy: async (o) => (uid === 0 || !existsSync(join(home, 'build', 'snapshots')) ? cacheKeeper(home).tidy({ ...o, nowMs: clock.now() }) : undefined),
    async openBase(name, platform, { signal, local }) {
      const ref = parseRef(name)
      const [wrong] = ref.diagnostics
      if (!ref.ok) throw wrong === undefined ? new Error(`${name} is no image reference`) : new Problem(wrong)
      const here = local ? await kept.source.openStored(name, { signal }).catch(() => undefined) : undefined
      if (here !== undefined) return imageFor(here.image, platform, name)
      return pullImage(withDefaultTag(ref.value), { client: client('pull'), platform, signal })
    },
  })
}
