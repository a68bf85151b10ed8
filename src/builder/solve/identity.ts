/** Names what a COPY put there by content, remembered by what can be told without reading. */
import type { Changes } from '../layer/write-layer.ts'
import { hashContents } from './hash-contents.ts'
import { identityKey, isIdentity, quickKey } from './key.ts'
import type { CacheOptions } from './layer-cache.ts'

export async function identityOf(changes: Changes, o: CacheOptions): Promise<string> {
  return (await rememberedIdentity(changes, o)) ?? newIdentity(changes, o)
}

/** Without reading a file. */
export async function rememberedIdentity(changes: Changes, o: CacheOptions): Promise<string | undefined> {
  const quick = quickKey(changes, o)
  const known = quick === undefined ? undefined : await o.store.readRecord(quick, o)
  return known !== undefined && isIdentity(known) ? known : undefined
}

export async function newIdentity(changes: Changes, o: CacheOptions): Promise<string> {
  await hashContents(changes, o)
  const identity = identityKey(changes, o, o.hashes)
  const quick = quickKey(changes, o)
  if (quick !== undefined) await o.store.writeRecord(quick, identity, o)
  return identity
}
