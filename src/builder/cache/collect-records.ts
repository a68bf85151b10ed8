/** What a build leaves to others: the records of its layers, and the layers themselves where they were written. */
import { join } from 'node:path'
import type { Layer } from '../../oci/views.ts'
import type { BuiltStage } from '../build-stage.ts'
import type { BuildWorld } from '../build-world.ts'
import { storedLayer } from '../layer/stored-layer.ts'
import { mountsFolder, readFacts } from '../mounts/mount-name.ts'
import { packMount } from '../mounts/pack-mount.ts'
import type { PendingLayer } from '../pending-layer.ts'
import { parseLayerRecord } from '../solve/layer-cache.ts'
import { type CacheDocument, type CacheRecord, layerOf, type MountRow, mayTravel } from './artifact.ts'
import { sharedRecords } from './shared-records.ts'
import { type Story, withoutSecrets } from './story.ts'

export interface Collected {
  readonly document: CacheDocument
  /** Those that records name. */
  readonly layers: readonly Layer[]
}

export interface Collecting {
  readonly last: BuiltStage
  readonly all: readonly BuiltStage[]
  readonly story: Story
  readonly nowMs: number
}

/** `max`: commands of all stages, which are written for it now. Files that a stage only passes on are found again without a layer. */
export async function collectRecords(mode: 'min' | 'max', from: Collecting, world: BuildWorld): Promise<Collected> {
  const shared = sharedRecords(world.request.cacheRules)
  const layers = new Set<PendingLayer>(from.last.layers)
  if (mode === 'max') for (const stage of from.all) for (const layer of stage.layers) layers.add(layer)
  const records = new Map<string, string>()
  for (const layer of layers) {
    if (layer.kept === undefined) continue
    if (layer.kept.changes === undefined && layer.kept.fate().kind !== 'unkept' && shared('result-')) await layer.write()
    for (const [name, value] of await layer.kept.records()) records.set(name, value)
  }
  const listings = from.story.steps.flatMap(({ files }) => files ?? [])
  for (const name of listings) {
    const text = await world.store.readRecord(name, world)
    if (text !== undefined) records.set(name, text)
  }
  const rows = [...records].map(([name, value]): CacheRecord => ({ name, value, at: from.nowMs }))
  const kept = rows.filter(({ name, value }) => shared(name) && mayTravel(name, value))
  return { document: { records: kept, stories: [withoutSecrets(from.story)], mounts: [] }, layers: kept.flatMap((row) => layerIn(row, world)) }
}

function layerIn(record: CacheRecord, world: BuildWorld): readonly Layer[] {
  const written = layerOf(record) === undefined ? undefined : parseLayerRecord(record.value)
  return written === undefined ? [] : [storedLayer(written, world.store)]
}

/** The cache mounts that commands of this build had, as they are now. */
export async function collectMounts(nowMs: number, world: BuildWorld): Promise<Pick<Collected, 'layers'> & { readonly mounts: readonly MountRow[] }> {
  const runs = await world.runsNow()
  if (runs === undefined) return { mounts: [], layers: [] }
  const root = mountsFolder(world.store.workFolder)
  const mounts: MountRow[] = []
  for (const [name, facts] of world.mounts) {
    const folder = join(root, name)
    const packed = await packMount({ name, folder, facts: readFacts(folder) ?? facts }, { store: world.store, runs, signal: world.signal })
    mounts.push({ ...packed, at: nowMs })
  }
  return { mounts, layers: mounts.map((row) => storedLayer(row, world.store)) }
}
