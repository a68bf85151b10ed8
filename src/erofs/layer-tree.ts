/** Entries of a layer's tar, one after another, to the tree that they make: the last entry of a name wins, white-outs count for lower layers only. */
import { problem } from '../base/problem.ts'
import type { TarEntry } from '../tar/entry.ts'
import type { TarRead } from '../tar/read-tar.ts'
import { keptAttributes } from './attributes.ts'
import { blank, directory, fromBytes, type LayerNode, toBytes } from './layer-node.ts'

type Entry = Pick<TarRead, 'entry' | 'offset' | 'sparse'>

export interface LayerTree {
  readonly root: LayerNode
  add(entry: Entry): void
  /** Hard links to what this layer does not have: path and target, as texts. */
  readonly foreignLinks: readonly (readonly [string, string])[]
  /** Directories that no entry describes, as texts; a folder comes before what is in it. */
  impliedFolders(): readonly string[]
}

const mostLinks = 40
const longestName = 255
/** GNU tar reaches deeper than the 4096 bytes of one system call; nobody reaches this deep. */
const longestPath = 32_768
const highestId = 0xffff_fffe

export function layerTree(): LayerTree {
  const root = directory(true)
  const foreignLinks: (readonly [string, string])[] = []
  /** The folder of the last entry: most entries follow one from the same folder. */
  let last: { readonly path: string; readonly node: LayerNode } | undefined
  const folderAt = (path: string): LayerNode => {
    if (last?.path === path) return last.node
    const node = walk(root, path, true) as LayerNode
    last = { path, node }
    return node
  }
  return {
    root,
    foreignLinks,
    impliedFolders: () => impliedIn(root),
    add(read) {
      const { entry } = read
      const path = cleaned(entry.rawPath?.toString('latin1') ?? toBytes(entry.path))
      if (path === undefined) throw problem('TAR_PATH_ESCAPES', { path: entry.path, reason: 'it holds ".."' })
      if (path === '') {
        if (entry.kind === 'dir') describe(root, entry)
        return
      }
      if (path.length > longestPath) throw problem('TAR_CORRUPT', { offset: read.offset, reason: `a path has ${path.length} bytes` })
      const cut = path.lastIndexOf('/')
      const folder = folderAt(cut < 0 ? '' : path.slice(0, cut))
      const name = path.slice(cut + 1)
      if (name.startsWith('.wh.')) return whiteOut(folder, name)
      if (name.length > longestName) throw problem('TAR_CORRUPT', { offset: read.offset, reason: `a name has ${name.length} bytes, more than ${longestName}` })
      if (entry.kind === 'hardlink') {
        const target = cleaned(entry.rawTarget?.toString('latin1') ?? toBytes(entry.target))
        const node = target === undefined || target === '' ? undefined : existing(root, target)
        if (node === undefined || node.kind === 'dir') foreignLinks.push([fromBytes(path), fromBytes(target ?? '')])
        else if (folder.children?.get(name) !== node) put(folder, name, node)
        return
      }
      const before = folder.children?.get(name)
      if (entry.kind === 'dir' && before?.kind === 'dir') return describe(before, entry)
      put(folder, name, nodeOf(read))
    },
  }
  function put(folder: LayerNode, name: string, node: LayerNode): void {
    const replaced = folder.children?.has(name) === true
    // A new directory in the place of something else shows nothing of what lower layers have there.
    if (node.kind === 'dir' && (replaced || folder.whiteouts?.has(name))) node.opaque = true
    // What was remembered may be below the name that is replaced.
    if (replaced) last = undefined
    folder.children?.set(name, node)
  }
}

/** No "./" in front, no "/" behind; "" is the root. Undefined: it leads out of the root. */
function cleaned(path: string): string | undefined {
  if (!untidy.test(path)) return path
  const parts = path.split('/').filter((part) => part !== '' && part !== '.')
  return parts.includes('..') ? undefined : parts.join('/')
}
const untidy = /^\.{1,2}$|^\.{0,2}\/|\/\.{0,2}\/|\/\.{0,2}$/

/** The folder at a path; with `make`, what is missing is made. Links of this layer are followed, inside the image. */
function walk(root: LayerNode, path: string, make: boolean): LayerNode | undefined {
  const todo = path.split('/').reverse()
  const above: LayerNode[] = [root]
  for (let links = 0; todo.length > 0; ) {
    const part = todo.pop() ?? ''
    if (part === '' || part === '.') continue
    if (part === '..') {
      if (above.length > 1) above.pop()
      continue
    }
    const at = above.at(-1) as LayerNode
    let next = at.children?.get(part)
    if (next?.kind === 'symlink') {
      if (++links > mostLinks) throw problem('TAR_PATH_ESCAPES', { path: fromBytes(path), reason: 'its symbolic links go in circles' })
      const target = next.target?.toString('latin1') ?? ''
      if (target.startsWith('/')) above.length = 1
      todo.push(...target.split('/').reverse())
      continue
    }
    if (next === undefined) {
      if (!make) return undefined
      next = directory(true)
      next.opaque = at.whiteouts?.has(part) ?? false
      at.children?.set(part, next)
    }
    if (next.kind !== 'dir') {
      if (!make) return undefined
      throw problem('TAR_PATH_ESCAPES', { path: fromBytes(path), reason: `${fromBytes(part)} in it is no directory` })
    }
    above.push(next)
  }
  return above.at(-1)
}

/** Links in the last part are not followed. */
function existing(root: LayerNode, path: string): LayerNode | undefined {
  const cut = path.lastIndexOf('/')
  return walk(root, cut < 0 ? '' : path.slice(0, cut), false)?.children?.get(path.slice(cut + 1))
}

function describe(node: LayerNode, entry: TarEntry): void {
  if (entry.uid > highestId || entry.gid > highestId || entry.uid < 0 || entry.gid < 0)
    throw problem('TAR_CORRUPT', { offset: 0, reason: `${entry.path} belongs to ${entry.uid}:${entry.gid}, which no system has` })
  node.mode = entry.mode
  node.uid = entry.uid
  node.gid = entry.gid
  node.mtimeNs = entry.mtimeNs
  node.xattrs = keptAttributes(entry.xattrs)
  node.implied = false
}

function nodeOf({ entry, offset, sparse }: Entry): LayerNode {
  const node = entry.kind === 'dir' ? directory(false) : { ...blank, kind: entry.kind as LayerNode['kind'] }
  describe(node, entry)
  if (entry.kind === 'file') {
    node.size = entry.size
    node.offset = offset
    node.sparse = sparse
  } else if (entry.kind === 'symlink') {
    node.mode = 0o777
    node.target = entry.rawTarget ?? Buffer.from(entry.target)
    node.size = node.target.length
    if (node.size === 0 || node.size > 4095) throw problem('TAR_CORRUPT', { offset, reason: `a symbolic link leads to a path of ${node.size} bytes` })
  } else if (entry.kind === 'char' || entry.kind === 'block') {
    node.major = entry.major
    node.minor = entry.minor
  }
  return node
}

function whiteOut(folder: LayerNode, name: string): void {
  if (name === '.wh..wh..opq') folder.opaque = true
  // Others of this form are files of old storage drivers, no part of the image.
  if (name.startsWith('.wh..wh.')) return
  const gone = name.slice('.wh.'.length)
  if (gone === '' || gone === '.' || gone === '..' || gone.length > longestName) return
  folder.whiteouts ??= new Set()
  folder.whiteouts.add(gone)
  const here = folder.children?.get(gone)
  if (here?.kind === 'dir') here.opaque = true
}

function impliedIn(root: LayerNode): readonly string[] {
  const found: string[] = []
  const folders: [LayerNode, string][] = [[root, '']]
  for (let one = folders.pop(); one !== undefined; one = folders.pop()) {
    const [folder, path] = one
    if (folder.implied && path !== '') found.push(fromBytes(path))
    for (const [name, child] of folder.children ?? []) if (child.kind === 'dir') folders.push([child, path === '' ? name : `${path}/${name}`])
  }
  return found
}
