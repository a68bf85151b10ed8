/** Finds a layer that was built before, or builds it: first without reading any file, then by content, then for real. */

import { problem } from '../../base/problem.ts'
import { isDigest } from '../../oci/digest.ts'
import type { ImageFormat } from '../../oci/media-types.ts'
import { previousOf } from '../layer/piece-memory.ts'
import { type Changes, type WrittenLayer, writeLayer } from '../layer/write-layer.ts'
import type { BuildStore } from '../store/build-store.ts'
import type { FileNode, Waiting } from '../tree/node.ts'
import type { Hashes } from './hash-contents.ts'
import { identityOf, newIdentity, rememberedIdentity } from './identity.ts'
import { layerKey, shapeKey } from './key.ts'

export interface CachedLayer extends WrittenLayer {
  readonly cached: boolean
  readonly identity: string
}

export interface CacheOptions extends Waiting {
  readonly store: BuildStore
  readonly format: ImageFormat
  /** Of this build: the time of layers that it makes. */
  readonly createdMs: number
  readonly noCache: boolean
  readonly times: boolean
  readonly hashes: Hashes
}

export async function layerFor(changes: Changes, o: CacheOptions): Promise<CachedLayer> {
  const shape = shapeKey(changes, o)
  const identity = o.noCache ? undefined : ((await rememberedIdentity(changes, o)) ?? (await byContent(changes, shape, o)))
  const known = identity === undefined ? undefined : await readLayer(o.store, layerKey(identity, o.format), o)
  if (identity !== undefined && known !== undefined) return { ...known, cached: true, identity }
  const files = new Map(changes.flatMap(([path, node]) => (node.kind === 'file' ? [[path, node] as const] : [])))
  const layer = await writeLayer(changes, {
    signal: o.signal,
    store: o.store,
    format: o.format,
    createdMs: o.createdMs,
    previous: previousOf(await o.store.readRecord(shape, o)),
    onContent: (path, hash) => noteContent(path, hash, files.get(path), o.hashes),
  })
  const made = await newIdentity(changes, o)
  await o.store.writeRecord(layerKey(made, o.format), JSON.stringify(layer), o)
  await o.store.writeRecord(shape, layer.descriptor.digest, o)
  return { ...layer, cached: false, identity: made }
}

/** What was read before, for a key or for a command, must be what the layer holds. */
function noteContent(path: string, hash: string, node: FileNode | undefined, hashes: Hashes): void {
  if (node === undefined) return
  const before = hashes.get(node.fingerprint)
  if (before !== undefined && before !== hash) throw problem('BUILD_CONTEXT_CHANGED', { path: node.origin ?? path })
  hashes.set(node.fingerprint, hash)
}

/** Hashing all contents costs a fraction of compressing them, but only pays where the same paths were built before. */
async function byContent(changes: Changes, shape: string, o: CacheOptions): Promise<string | undefined> {
  return (await o.store.readRecord(shape, o)) === undefined ? undefined : identityOf(changes, o)
}

/** A record counts only while its blob is there. Records are ours, but a damaged one is a miss, not a failure. */
export async function readLayer(store: BuildStore, name: string, o: Waiting): Promise<WrittenLayer | undefined> {
  const text = await store.readRecord(name, o)
  const layer = text === undefined ? undefined : parseLayerRecord(text)
  return layer !== undefined && (await store.hasBlob(layer.descriptor.digest)) ? layer : undefined
}

export function parseLayerRecord(text: string): WrittenLayer | undefined {
  try {
    const value = JSON.parse(text) as Partial<WrittenLayer>
    const whole = isDigest(String(value.diffId)) && isDigest(String(value.descriptor?.digest)) && typeof value.descriptor?.size === 'number'
    if (!whole) return undefined
    const { diffId, descriptor, createdMs } = value as WrittenLayer
    return { diffId, descriptor, ...(Number.isSafeInteger(createdMs) && { createdMs }) }
  } catch {
    return undefined
  }
}
