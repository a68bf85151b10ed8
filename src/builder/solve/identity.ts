/** Names what a COPY put there by content, remembered by what can be told without reading. */

import { pinnedGzip } from '../../oci/compress.ts'
import type { Changes } from '../layer/write-layer.ts'
import { contentKey, type KeyFacts, quickKey } from './key.ts'
import { type CacheOptions, hashContents } from './layer-cache.ts'

export async function identityOf(changes: Changes, o: CacheOptions): Promise<string> {
  const facts: KeyFacts = { compressor: pinnedGzip.name, format: o.format, times: o.times }
  const name = `identity-${quickKey(changes, facts)}`
  const known = await o.store.readRecord(name, o)
  if (known !== undefined && /^content-[0-9a-f]{64}$/.test(known)) return known
  const identity = contentKey(changes, facts, await hashContents(changes, o))
  await o.store.writeRecord(name, identity, o)
  return identity
}
