/** The world of one build, made from its request: each stage and each base image is started once, by whoever asks first. */
import { diagnose } from '../base/diagnostic.ts'
import type { StageGraph } from '../dockerfile/stages.ts'
import type { BuildRequest } from '../ports/builder.ts'
import type { Remote } from '../ports/remote.ts'
import { type BuiltStage, buildStage } from './build-stage.ts'
import type { BuildOptions, BuildWorld } from './build-world.ts'
import type { CacheStore } from './cache/cache-store.ts'
import { directoryTree } from './context/directory.ts'
import { remoteSources } from './context/remote-sources.ts'
import { withContexts } from './named-contexts.ts'
import { openImages } from './open-images.ts'
import type { ReadRequest } from './read-request.ts'
import { runWorlds, tellAbility } from './run-world.ts'
import { limitTo } from './solve/limit.ts'
import { stageBase } from './stage-base.ts'
import { storyteller } from './tell.ts'

export interface Started extends ReadRequest {
  readonly scratch: string[]
  /** Ends with the first stage that fails; what the image keeps for later is opened under the caller's own signal. */
  readonly signal: AbortSignal
  readonly store: CacheStore
  /** The file system's time before the build. */
  readonly sinceMs: number
}

/** Folders may be listed more than once; each thing is told once. */
function leftOut(emit: BuildWorld['emit']): (path: string, what: string) => void {
  const told = new Set<string>()
  return (path, what) => {
    if (told.has(path)) return
    told.add(path)
    emit({ kind: 'note', note: diagnose('BUILD_CONTEXT_LEFT_OUT', { path, what }) })
  }
}

export function makeWorld(request: BuildRequest, o: BuildOptions, read: Started): BuildWorld {
  const epoch = request.args.get('SOURCE_DATE_EPOCH')
  const fixed = epoch !== undefined && /^\d{1,12}$/.test(epoch)
  const reproducible = request.reproducible || fixed
  const stages = new Map<number, Promise<BuiltStage>>()
  const emit = o.emit ?? (() => undefined)
  const worlds = runWorlds(o.store.workFolder, o.sandbox, { signal: read.signal, onAbility: (ability) => tellAbility(ability, emit) })
  const { begin, endAll } = storyteller(emit, read.signal)
  const createdMs = fixed ? Number(epoch) * 1000 : request.created
  const own = { store: read.store, signal: read.signal, hashes: new Map(), createdMs }
  const cache = { ...own, format: o.format ?? 'oci', noCache: request.noCache, times: reproducible } as const
  const baseImage = withContexts(request, { baseImage: o.baseImage, cache, sinceMs: read.sinceMs, signal: read.signal })
  const images = openImages(
    request.platform,
    { ...o, baseImage },
    { folders: read.scratch, signal: read.signal, begin, runs: worlds.now, local: request.localBases === true },
  )
  const world: BuildWorld = {
    file: read.file,
    scope: read.graph.scope,
    given: request.args,
    usedArgs: new Set(),
    platform: request.platform,
    buildPlatform: o.buildPlatform ?? request.platform,
    context: directoryTree(request.contextDir, read.rules, { sinceMs: read.sinceMs, onLeftOut: leftOut(emit) }),
    store: read.store,
    cache,
    traced: new Map(),
    limit: limitTo(2),
    createdMs,
    reproducible,
    signal: read.signal,
    request,
    exported: exportedFrom(read),
    ahead: [],
    mounts: new Map(),
    write: async (layer) => {
      const written = await layer.write()
      // Layers of a base are kept nowhere.
      // Layers that will be written anew are none of the image's.
      if (request.layers === undefined) o.onLayer?.(written.layer, { made: layer.kept !== undefined && !written.cached })
      return written
    },
    runs: worlds.at,
    runsNow: worlds.now,
    settled: worlds.settled,
    emit,
    begin,
    endAll,
    stage: (index) => {
      const started = stages.get(index) ?? startStage(index, read.graph, world)
      stages.set(index, started)
      return started
    },
    ...images,
    sinceMs: read.sinceMs,
    openRemote: remoteSources({ remote: o.remote ?? nothingOutside, store: read.store, request, begin, scratch: images.scratch, signal: read.signal }),
  }
  return world
}

/** A builder that was given no way out: whoever asks for one has made a mistake. */
const nothingOutside: Remote = {
  fetch: async (url) => Promise.reject(new Error(`no way to fetch ${url}`)),
  checkout: async ({ url }) => Promise.reject(new Error(`no way to fetch ${url}`)),
}

async function startStage(index: number, graph: StageGraph, world: BuildWorld): Promise<BuiltStage> {
  const node = graph.nodes[index] as StageGraph['nodes'][number]
  return buildStage(node, await stageBase(node, world), anew(node, world))
}

function exportedFrom({ graph, target }: ReadRequest): (index: number) => boolean {
  const chain = new Set<number>()
  for (let index: number | undefined = target; index !== undefined; ) {
    chain.add(index)
    const base: StageGraph['nodes'][number]['base'] | undefined = graph.nodes[index]?.base
    index = base?.kind === 'stage' ? base.index : undefined
  }
  return (index) => chain.has(index)
}

/** --no-cache-filter: the stages it names, as --no-cache does all. */
function anew({ stage }: StageGraph['nodes'][number], world: BuildWorld): BuildWorld {
  const names = (world.request.noCacheFor ?? []).map((name) => name.toLowerCase())
  const named = (stage.name !== undefined && names.includes(stage.name)) || names.includes(String(stage.index))
  return named ? { ...world, cache: { ...world.cache, noCache: true } } : world
}
