/** Which files an instruction placed, with a short hash each: written once per content, read when a build is explained. */
import type { Changes } from '../layer/write-layer.ts'
import { allHashed } from '../solve/hash-contents.ts'
import { rememberedIdentity } from '../solve/identity.ts'
import { identityKey } from '../solve/key.ts'
import type { CacheOptions } from '../solve/layer-cache.ts'

/** The record's name; undefined where contents would have to be read for it. */
export async function listFiles(changes: Changes, o: CacheOptions): Promise<string | undefined> {
  const hashed = allHashed(changes, o.hashes)
  const identity = hashed ? identityKey(changes, o, o.hashes) : await rememberedIdentity(changes, o)
  if (identity === undefined) return undefined
  const name = identity.replace(/^content-/, 'files-')
  if (!hashed) return (await o.store.readRecord(name, o)) === undefined ? undefined : name
  if ((await o.store.readRecord(name, o)) === undefined) await o.store.writeRecord(name, JSON.stringify(rows(changes, o)), o)
  return name
}

function rows(changes: Changes, { hashes }: CacheOptions): readonly (readonly [string, string])[] {
  return changes.flatMap(([path, node]) => {
    if (node.kind === 'dir') return []
    const about = `${node.kind}:${node.mode.toString(8)}:${node.uid}:${node.gid}`
    const content = node.kind === 'file' ? (hashes.get(node.fingerprint) ?? '').slice(0, 16) : node.kind === 'symlink' ? node.target : ''
    return [[node.origin ?? path, `${about}:${content}`] as const]
  })
}

export function parseListing(text: string | undefined): ReadonlyMap<string, string> | undefined {
  try {
    const value: unknown = text === undefined ? undefined : JSON.parse(text)
    if (!Array.isArray(value)) return undefined
    const pairs = value.filter((row): row is [string, string] => Array.isArray(row) && typeof row[0] === 'string' && typeof row[1] === 'string')
    return new Map(pairs)
  } catch {
    return undefined
  }
}
