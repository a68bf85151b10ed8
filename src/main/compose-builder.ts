/** The embedded builder over the image store: layers it makes are stored once, and base images come through a registry client. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { embeddedBuilder } from '../adapters/builders/embedded-builder.ts'
import { severalPlatforms } from '../adapters/builders/several-platforms.ts'
import { imageStore } from '../adapters/images/image-store.ts'
import { isProblem, Problem } from '../base/problem.ts'
import type { Sandbox } from '../builder/exec/sandbox.ts'
import { foreignRun } from '../builder/foreign-runs.ts'
import { mountsOf } from '../builder/mounts/cache-mounts.ts'
import { cacheKeeper } from '../builder/store/cache-keeper.ts'
import { buildStore } from '../builder/store/directory.ts'
import { contentStore } from '../media/content-store.ts'
import { parseRef, withDefaultTag } from '../oci/ref.ts'
import type { BuildCache } from '../ports/build-cache.ts'
import type { Builder } from '../ports/builder.ts'
import type { CacheMounts } from '../ports/cache-mounts.ts'
import type { RegistryClient } from '../registry/client.ts'
import { imageFor, pullImage } from '../registry/pull.ts'
import { composeRemote } from './compose-remote.ts'
import { composeRootless, composeRootlessCache, composeRootlessMounts, type Person } from './compose-rootless.ts'
import { forcedSandbox } from './forced-rung.ts'
import { inContainer } from './in-container.ts'
import { machinePlatform } from './machine-platform.ts'
import { mayMount } from './right-to-mount.ts'
import { systemClock } from './system-clock.ts'

export interface BuilderParts {
  /** Data folder. */
  readonly home: string
  /** For a connector's credentials; without one, those of this machine. */
  readonly client: (connector?: string) => RegistryClient
}

/** Who is not root has builds with a RUN carried out by a process in a user namespace. */
export function composeBuilder(o: BuilderParts, person: Person): Builder {
  const way = wayOf(person)
  const here = builderHere({ ...o, env: person.env, ...(way.sandbox !== undefined && { sandbox: way.sandbox }) })
  const one = way.kind === 'here' ? here : composeRootless({ ...o, here, person, orHere: way.orHere })
  return severalPlatforms(one, (request) => foreignRun(request, machinePlatform, join(o.home, 'build')))
}

/** Where a RUN is carried out: by this process, or by one in a user namespace of its own (`orHere`: where that cannot be, here after all). */
type Way = { readonly sandbox: Sandbox | undefined } & ({ readonly kind: 'here' } | { readonly kind: 'in a namespace'; readonly orHere: boolean })

export function wayOf(person: Person): Way {
  const sandbox = forcedSandbox(person.env)
  const wanted = person.env['SLIPWAY_RUNG'] ?? ''
  // Root of a container that may not mount: a namespace of its own first, then a changed root.
  const inside = wanted === '5' || (wanted === '' && person.uid === 0 && !mayMount())
  if (person.uid === 0 && !inside) return { kind: 'here', sandbox }
  return { kind: 'in a namespace', sandbox, orHere: person.uid === 0 && wanted === '' && inContainer(person.env) }
}

/** A folder that only a namespace may enter is there once a RUN had many ids. */
export function composeBuildCache(home: string, person: Person): BuildCache {
  return person.uid === 0 || !existsSync(join(home, 'build', 'snapshots')) ? cacheKeeper(home) : composeRootlessCache(home, person)
}

/** By whoever carries out a RUN: the folders are its own. */
export function composeCacheMounts(home: string, person: Person): CacheMounts {
  const way = wayOf(person)
  const here = mountsOf(home, contentStore(join(home, 'images')), way.sandbox)
  if (way.kind === 'here') return here
  const inside = composeRootlessMounts(home, person)
  return way.orHere ? orElse(inside, here) : inside
}

/** Where no namespace can be had. */
function orElse(first: CacheMounts, second: CacheMounts): CacheMounts {
  const either = async <T>(act: (mounts: CacheMounts) => Promise<T>): Promise<T> => {
    try {
      return await act(first)
    } catch (error) {
      if (isProblem(error, 'BUILD_RUN_IMPOSSIBLE')) return act(second)
      throw error
    }
  }
  return {
    list: (o) => either((mounts) => mounts.list(o)),
    pack: (ids, o) => either((mounts) => mounts.pack(ids, o)),
    lay: (packed, o) => either((mounts) => mounts.lay(packed, o)),
  }
}

/** In this process. */
export function builderHere({ home, client, env, sandbox }: BuilderParts & Pick<Person, 'env'> & { readonly sandbox?: Sandbox }): Builder {
  const images = join(home, 'images')
  const kept = imageStore({ dir: images })
  return embeddedBuilder({
    store: buildStore(contentStore(images), join(home, 'build')),
    buildPlatform: machinePlatform,
    remote: composeRemote(env),
    cacheClient: client,
    ...(sandbox !== undefined && { sandbox }),
    tidy: (w) => cacheKeeper(home).tidy({ ...w, nowMs: systemClock.now() }),
    async baseImage(name, platform, { signal, local = false }) {
      const ref = parseRef(name)
      const [wrong] = ref.diagnostics
      if (!ref.ok) throw wrong === undefined ? new Error(`${name} is no image reference`) : new Problem(wrong)
      const here = local ? await kept.source.openStored(name, { signal }).catch(() => undefined) : undefined
      if (here !== undefined) return imageFor(here.image, platform, name)
      return pullImage(withDefaultTag(ref.value), { client: client(), platform, signal })
    },
  })
}
