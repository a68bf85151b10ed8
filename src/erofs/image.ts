/** One layer as an EROFS image: header, the tar as it is, sparse files spread out, metadata, notes. What is written where; the writing is the caller's. */
import { createHash } from 'node:crypto'
import { encodeTree, spreadOut } from './encode.ts'
import { blockSize, headerSize, roundUp } from './format.ts'
import { encodeHeader } from './header.ts'
import type { LayerNode } from './layer-node.ts'
import type { LayerTree } from './layer-tree.ts'

/** What must be known of a layer before it is stacked. */
export interface LayerNotes {
  /** Directories whose owners and modes lower layers know. */
  readonly implied: readonly string[]
  /** Hard links to files of lower layers. */
  readonly foreignLinks: readonly (readonly [string, string])[]
  readonly opaqueRoot: boolean
}

export interface ImagePlan {
  readonly header: Buffer
  /** To be written at `metadataAt`: the file ends there. */
  readonly metadata: Buffer
  readonly metadataAt: number
  /** Parts of sparse files to be copied within the file. What lies between is a hole. */
  readonly copies: readonly Copy[]
}

interface Copy {
  readonly from: number
  readonly to: number
  readonly size: number
}

export function planImage(tree: LayerTree, o: { readonly name: string; readonly tarSize: number }): ImagePlan {
  const sparse = sparseFiles(tree.root)
  const places = spreadOut(sparse, headerSize + o.tarSize)
  const metadataAt = [...places].reduce((end, [node, at]) => Math.max(end, roundUp(at + node.size, blockSize)), roundUp(headerSize + o.tarSize, blockSize))
  const metadataBlock = metadataAt / blockSize
  const { bytes, inodes } = encodeTree(tree.root, { block: metadataBlock, contentAt: (node) => places.get(node) ?? headerSize + node.offset })
  const notes: LayerNotes = { implied: tree.impliedFolders(), foreignLinks: tree.foreignLinks, opaqueRoot: tree.root.opaque }
  const text = Buffer.from(JSON.stringify(notes))
  const sha256 = createHash('sha256').update(bytes).update(text).digest('hex')
  const facts = { name: o.name, tarSize: o.tarSize, metadataBlock, metadataSize: bytes.length, inodes, sha256, notesSize: text.length }
  return { header: encodeHeader(facts), metadata: Buffer.concat([bytes, text]), metadataAt, copies: [...places].flatMap(([node, at]) => copiesOf(node, at)) }
}

function sparseFiles(root: LayerNode): readonly LayerNode[] {
  const found = new Set<LayerNode>()
  const folders = [root]
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const node of folder.children?.values() ?? []) {
      if (node.kind === 'dir') folders.push(node)
      else if (node.sparse !== undefined) found.add(node)
    }
  }
  return [...found]
}

function copiesOf(node: LayerNode, at: number): readonly Copy[] {
  let from = headerSize + node.offset
  return (node.sparse?.regions ?? []).flatMap(({ offset, size }) => {
    from += size
    return size === 0 ? [] : [{ from: from - size, to: at + offset, size }]
  })
}
