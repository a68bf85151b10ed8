/** Content hashes of files, each file read at most once in a build: remembered under its fingerprint. */
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Changes } from '../layer/write-layer.ts'
import type { FileNode, Waiting } from '../tree/node.ts'

/** By fingerprint. */
export type Hashes = Map<string, string>

export async function hashContents(changes: Changes, o: Waiting & { readonly hashes: Hashes }): Promise<void> {
  for (const [, node] of changes) {
    if (node.kind === 'file' && !o.hashes.has(node.fingerprint)) o.hashes.set(node.fingerprint, await hashFile(node, o))
  }
}

/** Whether `identityKey` has all that it needs, so that nothing has to be read for it. */
export function allHashed(changes: Changes, hashes: Hashes): boolean {
  return changes.every(([, node]) => node.kind !== 'file' || hashes.has(node.fingerprint))
}

async function hashFile(node: FileNode, o: Waiting): Promise<string> {
  const content = await node.content(o)
  const hash = createHash('sha256')
  if (content instanceof Readable) await pipeline(content, hash, { signal: o.signal })
  else hash.update(content)
  return hash.digest('hex')
}
