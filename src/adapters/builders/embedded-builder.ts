/** Engine embedded: the builder of this program. Base images come through the registry client, layers only when they are needed. */
import { build } from '../../builder/build.ts'
import type { OpenBase } from '../../builder/build-world.ts'
import type { CacheClient } from '../../builder/cache/cache-import.ts'
import { checkBuild } from '../../builder/check.ts'
import type { Sandbox } from '../../builder/exec/sandbox.ts'
import type { BuildStore } from '../../builder/store/build-store.ts'
import type { Platform } from '../../oci/platform.ts'
import type { Builder } from '../../ports/builder.ts'
import type { Remote } from '../../ports/remote.ts'

export interface EmbeddedParts {
  readonly store: BuildStore
  readonly baseImage: OpenBase
  readonly cacheClient: CacheClient
  /** After each build: takes away what nobody uses, now and then. */
  readonly tidy: (o: { readonly signal: AbortSignal }) => Promise<void>
  readonly buildPlatform?: Platform
  /** Instead of the best one of this machine. */
  readonly sandbox?: Sandbox
  readonly remote?: Remote
}

export function embeddedBuilder(o: EmbeddedParts): Builder {
  return {
    name: 'embedded',
    check: (request, { signal }) => checkBuild(request, { ...o, signal }),
    async build(request, building) {
      const { signal, emit } = building
      const built = await build(request, { ...o, ...building })
      // The image is made: what cannot be taken away now is tried again next time.
      await o.tidy({ signal }).catch((error: unknown) => emit({ kind: 'log', text: `[internal] the cache was not tidied: ${String(error)}` }))
      return built
    },
  }
}
