/** Gives every node of a tree its inode's place, and counts its names. White-outs become nodes here: character devices 0:0. */
import { encodeAttributes } from './attributes.ts'
import { blockSize, direntSize, inline, inodeSize, plain, rootNumber, roundUp, slotSize } from './format.ts'
import { blank, type LayerNode } from './layer-node.ts'

export interface Placed {
  readonly node: LayerNode
  /** From the start of the metadata. */
  readonly at: number
  /** Of names, and for directories of directories in them. */
  links: number
  readonly attributes: Buffer
  readonly layout: typeof plain | typeof inline
  /** Entries in order, of a directory. */
  readonly names: readonly Name[]
  readonly parent: LayerNode
  /** Bytes of names or of a link's target. */
  readonly dataSize: number
  /** First block of the data, counted from the first block after the inodes; only with `plain`. */
  readonly dataBlock: number
}

interface Name {
  readonly name: string
  readonly node: LayerNode
}

export interface Placement {
  readonly placed: ReadonlyMap<LayerNode, Placed>
  /** In blocks. */
  readonly inodeBlocks: number
  readonly dataBlocks: number
}

const whiteout: LayerNode = { ...blank, kind: 'char' }
const marks = {
  opaque: ['trusted.overlay.opaque', Buffer.from('y')],
  // Without it the kernel shows white-outs in a directory that no other layer has.
  origin: ['trusted.overlay.origin', Buffer.alloc(0)],
} as const

export function placeInodes(root: LayerNode): Placement {
  const placed = new Map<LayerNode, Placed>()
  let at = rootNumber * slotSize
  let dataBlocks = 0
  const place = (node: LayerNode, parent: LayerNode): Placed => {
    const names = namesOf(node, parent)
    const attributes = encodeAttributes(attributesOf(node))
    const dataSize = node.kind === 'dir' ? directorySize(names) : (node.target?.length ?? 0)
    const alone = inodeSize + attributes.length
    const fits = dataSize > 0 && alone + dataSize <= blockSize
    const whole = fits ? alone + dataSize : alone
    // Data that follows its inode must lie in one block with it; the fixed part is kept in one block too.
    if ((at % blockSize) + (fits ? whole : inodeSize) > blockSize) at = roundUp(at, blockSize)
    const one: Placed = { node, at, links: 0, attributes, layout: fits ? inline : plain, names, parent, dataSize, dataBlock: dataBlocks }
    if (!fits) dataBlocks += Math.ceil(dataSize / blockSize)
    at += roundUp(whole, slotSize)
    placed.set(node, one)
    return one
  }
  const folders = [place(root, root)]
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    folder.links += 2
    for (const { name, node } of folder.names) {
      if (name === '.' || name === '..') continue
      const known = placed.get(node) ?? place(node, folder.node)
      if (node.kind === 'dir') {
        folder.links++
        folders.push(known)
      } else known.links++
    }
  }
  return { placed, inodeBlocks: Math.ceil(at / blockSize), dataBlocks }
}

/** In byte order, as lookups expect them. */
function namesOf(node: LayerNode, parent: LayerNode): readonly Name[] {
  if (node.children === undefined) return []
  const names = [...node.children].map(([name, child]) => ({ name, node: child }))
  for (const name of node.whiteouts ?? []) if (!node.children.has(name)) names.push({ name, node: whiteout })
  names.push({ name: '.', node }, { name: '..', node: parent })
  return names.sort((a, b) => (a.name < b.name ? -1 : 1))
}

function attributesOf(node: LayerNode): ReadonlyMap<string, Buffer> {
  const own = node.xattrs ?? none
  if (node.kind !== 'dir' || (!node.opaque && node.whiteouts === undefined)) return own
  return new Map([...own, ...(node.opaque ? [marks.opaque] : []), ...(node.whiteouts === undefined ? [] : [marks.origin])])
}
const none: ReadonlyMap<string, Buffer> = new Map()

/** Blocks are filled one after another, and no entry lies in two. */
function directorySize(names: readonly Name[]): number {
  let full = 0
  let used = 0
  for (const { name } of names) {
    const more = direntSize + name.length
    if (used + more > blockSize) {
      full++
      used = 0
    }
    used += more
  }
  return full * blockSize + used
}
