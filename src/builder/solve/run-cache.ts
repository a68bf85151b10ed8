/** Remembers what a RUN made: a key that names command and surroundings leads to an id, the id to the layer's folder or blob. */
import { createHash, randomUUID } from 'node:crypto'
import { canonicalJson } from '../../base/json.ts'
import type { WrittenLayer } from '../layer/write-layer.ts'
import type { BuildStore } from '../store/build-store.ts'
import type { Waiting } from '../tree/node.ts'
import { readLayer } from './layer-cache.ts'

/** Changes whenever equal keys would no longer mean that running again is needless. */
const version = 1

/** `facts` is JSON: the definition, the layers below, what is mounted. */
export function runKey(facts: Readonly<Record<string, unknown>>): string {
  return `run-${createHash('sha256')
    .update(canonicalJson({ version, ...facts }))
    .digest('hex')}`
}

/** Two executions of one command may differ, so each result has a name of its own. The name tells when it was made (RFC 9562, version 7). */
export function newResult(nowMs: number): string {
  const time = Math.max(0, Math.floor(nowMs)).toString(16).padStart(12, '0').slice(-12)
  return `result-${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`
}

/** Of a name that does not tell, anything: it is older than these names are. */
export function olderThan(id: string, maxAgeMs: number | undefined, nowMs: number): boolean {
  if (maxAgeMs === undefined) return false
  const [, high = '', low = ''] = /^result-([0-9a-f]{8})-([0-9a-f]{4})-7/.exec(id) ?? []
  return high === '' || nowMs - Number.parseInt(high + low, 16) > maxAgeMs
}

export async function readResult(store: BuildStore, key: string, o: Waiting): Promise<string | undefined> {
  const id = await store.readRecord(key, o)
  return id !== undefined && /^result-[0-9a-f-]{36}$/.test(id) ? id : undefined
}

/** One per format, as the layer's description is. */
export function resultLayer(store: BuildStore, id: string, format: string, o: Waiting): Promise<WrittenLayer | undefined> {
  return readLayer(store, `${id}-${format}`, o)
}

export async function rememberLayer(store: BuildStore, id: string, layer: WrittenLayer, o: Waiting & { readonly format: string }): Promise<void> {
  await store.writeRecord(`${id}-${o.format}`, JSON.stringify(layer), o)
}
