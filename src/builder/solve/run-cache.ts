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

/** Two executions of one command may differ, so each result has a name of its own. */
export function newResult(): string {
  return `result-${randomUUID()}`
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
