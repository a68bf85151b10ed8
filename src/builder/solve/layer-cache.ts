/** Finds a layer that was built before, or builds it: first without reading any file, then by content, then for real. */
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { pinnedGzip } from '../../oci/compress.ts'
import { isDigest } from '../../oci/digest.ts'
import { type Changes, type WriteOptions, type WrittenLayer, writeLayer } from '../layer/write-layer.ts'
import type { BuildStore } from '../store/build-store.ts'
import type { FileNode, Waiting } from '../tree/node.ts'
import { contentKey, type KeyFacts, quickKey, shapeKey } from './key.ts'

export interface CachedLayer extends WrittenLayer {
  readonly cached: boolean
}

export interface CacheOptions extends Omit<WriteOptions, 'onContent'> {
  readonly noCache: boolean
  readonly times: boolean
}

export async function layerFor(changes: Changes, o: CacheOptions): Promise<CachedLayer> {
  const facts: KeyFacts = { compressor: pinnedGzip.name, format: o.format, times: o.times }
  const quick = quickKey(changes, facts)
  const shape = shapeKey(changes, facts)
  if (!o.noCache) {
    const known = (await readLayer(o.store, quick, o)) ?? (await byContent(changes, facts, shape, o))
    if (known !== undefined) {
      await o.store.writeRecord(quick, JSON.stringify(known), o)
      return { ...known, cached: true }
    }
  }
  const hashes = new Map<string, string>()
  const layer = await writeLayer(changes, { ...o, onContent: (path, hash) => void hashes.set(path, hash) })
  for (const name of [quick, shape, contentKey(changes, facts, hashes)]) await o.store.writeRecord(name, JSON.stringify(layer), o)
  return { ...layer, cached: false }
}

/** Hashing all contents costs a fraction of compressing them, but only pays where the same paths were built before. */
async function byContent(changes: Changes, facts: KeyFacts, shape: string, o: CacheOptions): Promise<WrittenLayer | undefined> {
  if ((await readLayer(o.store, shape, o)) === undefined) return undefined
  return readLayer(o.store, contentKey(changes, facts, await hashContents(changes, o)), o)
}

/** Only the first name of a hard-linked file is read, as in the layer. */
export async function hashContents(changes: Changes, o: Waiting): Promise<ReadonlyMap<string, string>> {
  const hashes = new Map<string, string>()
  const seen = new Set<string>()
  for (const [path, node] of changes) {
    if (node.kind !== 'file' || (node.inode !== undefined && seen.has(node.inode))) continue
    if (node.inode !== undefined) seen.add(node.inode)
    hashes.set(path, await hashFile(node, o))
  }
  return hashes
}

async function hashFile(node: FileNode, o: Waiting): Promise<string> {
  const content = await node.content(o)
  const hash = createHash('sha256')
  if (content instanceof Readable) await pipeline(content, hash, { signal: o.signal })
  else hash.update(content)
  return hash.digest('hex')
}

/** A record counts only while its blob is there. Records are ours, but a damaged one is a miss, not a failure. */
export async function readLayer(store: BuildStore, name: string, o: Waiting): Promise<WrittenLayer | undefined> {
  const text = await store.readRecord(name, o)
  const layer = text === undefined ? undefined : parseRecord(text)
  return layer !== undefined && (await store.hasBlob(layer.descriptor.digest)) ? layer : undefined
}

function parseRecord(text: string): WrittenLayer | undefined {
  try {
    const value = JSON.parse(text) as Partial<WrittenLayer>
    const whole = isDigest(String(value.diffId)) && isDigest(String(value.descriptor?.digest)) && typeof value.descriptor?.size === 'number'
    return whole ? (value as WrittenLayer) : undefined
  } catch {
    return undefined
  }
}
