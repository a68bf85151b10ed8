/** Files that an overlay copied up and nobody changed, and files that were written again just as they were: no layer needs them. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import type { TreeNode, Waiting } from '../tree/node.ts'

/** `file`: where the upper one is. Contents are read only where all else is equal, so this costs nothing where things did change. */
export async function isUntouched(file: string, node: TreeNode, below: TreeNode | undefined, o: Waiting): Promise<boolean> {
  if (below === undefined || below.kind !== node.kind || node.kind === 'dir' || !sameFacts(node, below)) return false
  if (node.kind === 'symlink') return below.kind === 'symlink' && below.target === node.target
  if (node.kind !== 'file') return 'major' in below && below.major === node.major && below.minor === node.minor
  // A new name of a lower file is a change of that file: it has two names now.
  if (below.kind !== 'file' || below.size !== node.size || node.inode !== undefined) return false
  const [own, lower] = [createReadStream(file, { signal: o.signal }), await below.content(o)]
  return (await hashOf(own)) === (await hashOf(lower instanceof Readable ? lower : Readable.from([lower], { objectMode: false })))
}

function sameFacts(a: TreeNode, b: TreeNode): boolean {
  return a.mode === b.mode && a.uid === b.uid && a.gid === b.gid && a.mtimeNs === b.mtimeNs && sameAttributes(a.xattrs, b.xattrs)
}

function sameAttributes(a: TreeNode['xattrs'], b: TreeNode['xattrs']): boolean {
  if ((a?.size ?? 0) !== (b?.size ?? 0)) return false
  return [...(a ?? [])].every(([name, value]) => b?.get(name)?.equals(value) === true)
}

async function hashOf(content: Readable): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of content) hash.update(chunk as Uint8Array)
  return hash.digest('hex')
}
