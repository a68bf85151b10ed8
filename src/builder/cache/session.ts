/** The caches of one build: opened when it begins, told of and exported when it ends. */
import { createHash } from 'node:crypto'
import { isProblem } from '../../base/problem.ts'
import type { CacheTarget } from '../../image-job/cache-place.ts'
import { once } from '../../oci/once.ts'
import { parseRef } from '../../oci/ref.ts'
import type { BuildRequest } from '../../ports/builder.ts'
import type { BuildOptions, BuildWorld } from '../build-world.ts'
import { type CacheImport, openImports } from './cache-import.ts'
import { type CacheStore, cacheStore } from './cache-store.ts'
import { type Collected, type Collecting, collectMounts, collectRecords } from './collect-records.ts'
import { exportCache } from './export-cache.ts'
import { type Gone, impatient } from './impatient-client.ts'
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

export function cacheSession(request: BuildRequest, given: BuildOptions): CacheSession {
  const { o, gone } = withImpatience(given)
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
      const left = (request.cacheTo ?? []).filter((target) => !toldBefore(target, request, gone))
      return leave(left, { ...built, story, nowMs: world.sinceMs }, world, o)
    },
  }
}

/** A registry that does not answer costs the build a moment once. */
function withImpatience(o: BuildOptions): { readonly o: BuildOptions; readonly gone: Gone } {
  const { cacheClient } = o
  const gone: Gone = new Map()
  return { gone, o: cacheClient === undefined ? o : { ...o, cacheClient: (connector) => impatient(cacheClient(connector), gone) } }
}

/** When a registry did not answer at the beginning, that was said then; what can do without it says nothing more. */
function toldBefore(target: CacheTarget, { cacheFrom = [] }: BuildRequest, gone: Gone): boolean {
  const registry = target.kind === 'registry' && target.ignoreError ? registryOf(target.ref) : undefined
  return registry !== undefined && gone.has(registry) && cacheFrom.some((source) => source.kind === 'registry' && registryOf(source.ref) === registry)
}

function registryOf(ref: string): string | undefined {
  const parsed = parseRef(ref)
  return parsed.ok ? parsed.value.registry : undefined
}

async function opened(request: BuildRequest, o: BuildOptions): Promise<readonly CacheImport[]> {
  const { cacheFrom = [], noCache } = request
  if (o.cacheClient === undefined || noCache) return []
  return openImports(cacheFrom, { client: o.cacheClient, signal: o.signal, tell: (note) => o.emit?.({ kind: 'note', note }) })
}

async function leave(targets: readonly CacheTarget[], from: Collecting & { readonly story: Story }, world: BuildWorld, o: BuildOptions): Promise<Ended> {
  const collected = { min: once(() => collectRecords('min', from, world)), max: once(() => collectRecords('max', from, world)) }
  const mounts = once(() => collectMounts(from.nowMs, world))
  const inline = targets.some(({ kind }) => kind === 'inline')
  for (const target of targets) {
    if (target.kind === 'inline' || o.cacheClient === undefined) continue
    const told = world.begin(`exporting cache to ${target.kind === 'local' ? target.dir : target.ref}`)
    try {
      const records = await collected[target.mode]()
      const own = target.mounts === true ? withMounts(records, await mountsFor(target, mounts, world)) : records
      await exportCache(target, own, {
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

type Mounts = Awaited<ReturnType<typeof collectMounts>>

function withMounts({ document, layers }: Collected, own: Mounts): Collected {
  return { document: { ...document, mounts: own.mounts }, layers: [...layers, ...own.layers] }
}

/** Where the export may fail without the build, what the mounts hold is left out when it cannot be read. */
async function mountsFor(target: Exclude<CacheTarget, { kind: 'inline' }>, mounts: () => Promise<Mounts>, world: BuildWorld): Promise<Mounts> {
  try {
    return await mounts()
  } catch (error) {
    world.signal.throwIfAborted()
    if (!target.ignoreError || !isProblem(error)) throw error
    world.emit({ kind: 'note', note: { ...error.diagnostic, severity: 'warning' } })
    return { mounts: [], layers: [] }
  }
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
