/** The caches of one build: opened when it begins, told of and exported when it ends. */
import { createHash } from 'node:crypto'
import { once } from '../../oci/once.ts'
import type { BuildRequest } from '../../ports/builder.ts'
import type { BuildOptions, BuildWorld } from '../build-world.ts'
import { type CacheImport, openImports } from './cache-import.ts'
import { type CacheStore, cacheStore } from './cache-store.ts'
import { type Collected, type Collecting, collectRecords } from './collect-records.ts'
import { exportCache } from './export-cache.ts'
import { sharedRecords } from './shared-records.ts'
import type { Story } from './story.ts'
import { endTrace } from './trace.ts'

export interface CacheSession {
  readonly store: CacheStore
  /** After the layers are written and before the image is put together. */
  end(world: BuildWorld, built: Pick<Collecting, 'last' | 'all'>): Promise<Ended>
}

export interface Ended {
  /** What the image shall carry: type=inline. */
  readonly inline: Collected | undefined
}

export function cacheSession(request: BuildRequest, o: BuildOptions): CacheSession {
  const imports = once(() => opened(request, o))
  // Begins at once and is waited for when a record is looked for; its failures are told by then.
  if (request.cacheFrom !== undefined && request.cacheFrom.length > 0) imports().catch(() => undefined)
  return {
    store: cacheStore(o.store, imports, sharedRecords(request.cacheRules)),
    async end(world, built) {
      for (const stage of built.all) for (const { kept } of stage.layers) if (kept?.changes !== undefined) await kept.records()
      const story = await endTrace(tracedSteps(world), {
        cache: world.cache,
        record: storyRecord(request),
        imported: async () => (await imports()).flatMap(({ document }) => document.stories),
        explain: request.explainCache === true,
        rules: request.cacheRules,
        emit: world.emit,
      })
      return leave(request, { ...built, story, nowMs: world.sinceMs }, world, o)
    },
  }
}

async function opened(request: BuildRequest, o: BuildOptions): Promise<readonly CacheImport[]> {
  const { cacheFrom = [], noCache } = request
  if (o.cacheClient === undefined || noCache) return []
  return openImports(cacheFrom, { client: o.cacheClient, signal: o.signal, tell: (note) => o.emit?.({ kind: 'note', note }) })
}

async function leave(request: BuildRequest, from: Collecting & { readonly story: Story }, world: BuildWorld, o: BuildOptions): Promise<Ended> {
  const targets = request.cacheTo ?? []
  const collected = { min: once(() => collectRecords('min', from, world)), max: once(() => collectRecords('max', from, world)) }
  const inline = targets.some(({ kind }) => kind === 'inline')
  for (const target of targets) {
    if (target.kind === 'inline' || o.cacheClient === undefined) continue
    const told = world.begin(`exporting cache to ${target.kind === 'local' ? target.dir : target.ref}`)
    try {
      await exportCache(target, await collected[target.mode](), {
        client: o.cacheClient,
        signal: world.signal,
        tell: (note) => world.emit({ kind: 'note', note }),
        nowMs: from.nowMs,
      })
      told.end('done')
    } catch (error) {
      told.end('failed')
      throw error
    }
  }
  return { inline: inline ? await collected.min() : undefined }
}

function tracedSteps(world: BuildWorld) {
  return [...world.traced].toSorted(([a], [b]) => a - b).flatMap(([, steps]) => steps)
}

/** One Dockerfile in one place has one line of earlier builds. */
function storyRecord({ contextDir, dockerfile, target }: BuildRequest): string {
  return `story-${createHash('sha256')
    .update(JSON.stringify([contextDir, dockerfile.name, target ?? '']))
    .digest('hex')}`
}
