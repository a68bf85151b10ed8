/** What several layers of tar entries come to when they are laid upon each other, with what they hide of the layers below them all. */
import type { TarEntry } from '../../tar/entry.ts'

/** The nth entry of a layer. */
export interface EntryPlace {
  readonly layer: number
  readonly index: number
}

export interface MergedTree {
  /** All entries of the next layer. Its removals are of what is below it, wherever they stand in it. */
  addLayer(entries: readonly TarEntry[], layer: number): void
  /** Everything without content, parents first: folders, links, devices, removals. */
  plain(): readonly TarEntry[]
  /** The first name of each file, by `layer/index`. */
  files(): ReadonlyMap<string, TarEntry>
  /** Further names of files. */
  links(): readonly TarEntry[]
}

interface Inode {
  readonly entry: TarEntry
  readonly place: EntryPlace
}

interface Node {
  readonly children: Map<string, Node>
  kind: 'none' | 'removed' | 'plain' | 'file'
  entry?: TarEntry
  inode?: Inode
  /** A folder of which nothing below is to be seen. */
  opaque: boolean
}

const removal = '.wh.'
const opaqueMark = '.wh..wh..opq'

export function mergedTree(o: { readonly leaveOut: readonly string[] }): MergedTree {
  const root = newNode()
  const left = o.leaveOut.map((path) => partsOf(path).join('/')).filter((path) => path !== '')
  const out = (path: string): boolean => left.some((one) => path === one || path.startsWith(`${one}/`))
  const remove = (parts: readonly string[], name: string, entry: TarEntry): void => {
    const folder = parts.slice(0, -1)
    const whole = name === opaqueMark ? folder : [...folder, name.slice(removal.length)]
    if (out(whole.join('/'))) return
    if (name === opaqueMark) hideBelow(at(root, folder))
    else replace(at(root, whole), 'removed', entry)
  }
  const place = (parts: readonly string[], entry: TarEntry, where: EntryPlace): void => {
    if (parts.length === 0 || out(parts.join('/'))) return
    if (entry.kind === 'dir') addFolder(at(root, parts), entry)
    else if (entry.kind === 'file') replace(at(root, parts), 'file', entry, { entry, place: where })
    else addOther(root, parts, entry)
  }
  return {
    addLayer(entries, layer) {
      const all = entries.map((entry, index) => ({ entry, index, parts: partsOf(nameOf(entry)) }))
      const removes = ({ parts }: { readonly parts: readonly string[] }): boolean => parts.at(-1)?.startsWith(removal) === true
      for (const one of all.filter(removes)) remove(one.parts, one.parts.at(-1) ?? '', one.entry)
      for (const { parts, entry, index } of all.filter((one) => !removes(one))) place(parts, entry, { layer, index })
    },
    plain: () => [...walk(root)].flatMap(([path, node]) => plainOf(path, node)),
    files: () => new Map([...groups(root)].map(([{ entry, place }, [path = '']]) => [`${place.layer}/${place.index}`, renamed(entry, path)])),
    links: () => [...groups(root)].flatMap(([{ entry }, [first = '', ...others]]) => others.map((path) => linkTo(entry, path, first))),
  }
}

function newNode(): Node {
  return { children: new Map(), kind: 'none', opaque: false }
}

function at(root: Node, parts: readonly string[]): Node {
  let node = root
  for (const part of parts) {
    if (node !== root && !isFolder(node)) becomeFolder(node)
    const next = node.children.get(part) ?? newNode()
    node.children.set(part, next)
    node = next
  }
  return node
}

function hideBelow(node: Node): void {
  node.children.clear()
  node.opaque = true
}

function isFolder({ kind, entry }: Node): boolean {
  return kind === 'none' || (kind === 'plain' && entry?.kind === 'dir')
}

/** A folder that comes where something else was shows nothing of what was there before. */
function becomeFolder(node: Node): void {
  hideBelow(node)
  delete node.inode
  delete node.entry
  node.kind = 'none'
}

function addFolder(node: Node, entry: TarEntry): void {
  if (!isFolder(node)) becomeFolder(node)
  node.kind = 'plain'
  node.entry = entry
}

function replace(node: Node, kind: Node['kind'], entry: TarEntry, inode?: Inode): void {
  node.children.clear()
  node.kind = kind
  node.entry = entry
  node.opaque = false
  if (inode === undefined) delete node.inode
  else node.inode = inode
}

/** Another name of a file of these layers shares it; one of a file below them stays a link. */
function addOther(root: Node, path: readonly string[], entry: TarEntry): void {
  const shared = entry.kind === 'hardlink' ? find(root, partsOf(entry.rawTarget?.toString('latin1') ?? latin(entry.target)))?.inode : undefined
  replace(at(root, path), shared === undefined ? 'plain' : 'file', entry, shared)
}

function find(root: Node, parts: readonly string[]): Node | undefined {
  let node: Node | undefined = root
  for (const part of parts) node = node?.children.get(part)
  return node
}

function* walk(node: Node, path = ''): Generator<readonly [string, Node]> {
  for (const [name, child] of [...node.children].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const own = path === '' ? name : `${path}/${name}`
    yield [own, child]
    yield* walk(child, own)
  }
}

function groups(root: Node): ReadonlyMap<Inode, readonly string[]> {
  const names = new Map<Inode, string[]>()
  for (const [path, { kind, inode }] of walk(root)) if (kind === 'file' && inode !== undefined) names.set(inode, [...(names.get(inode) ?? []), path])
  return names
}

function plainOf(path: string, { kind, entry, opaque }: Node): readonly TarEntry[] {
  const own = kind === 'plain' && entry !== undefined ? [renamed(entry, path)] : []
  const slash = path.lastIndexOf('/') + 1
  if (kind === 'removed') return [mark(`${path.slice(0, slash)}${removal}${path.slice(slash)}`)]
  return opaque ? [...own, mark(`${path}/${opaqueMark}`)] : own
}

function mark(path: string): TarEntry {
  return renamed({ kind: 'file', path, mode: 0, uid: 0, gid: 0, mtimeNs: 0n, size: 0 }, path)
}

function linkTo({ kind: _kind, ...entry }: TarEntry, path: string, first: string): TarEntry {
  const { size: _size, ...common } = entry as Extract<TarEntry, { kind: 'file' }>
  const target = Buffer.from(first, 'latin1')
  return renamed({ ...common, kind: 'hardlink', target: target.toString('utf8'), ...(!isText(target) && { rawTarget: target }) }, path)
}

/** Names are held byte by byte, so that those which are no text stay apart. */
function nameOf({ path, rawPath }: TarEntry): string {
  return rawPath?.toString('latin1') ?? latin(path)
}

function latin(text: string): string {
  return Buffer.from(text).toString('latin1')
}

function renamed(entry: TarEntry, path: string): TarEntry {
  const bytes = Buffer.from(path, 'latin1')
  const { rawPath: _raw, ...rest } = entry
  return { ...rest, path: bytes.toString('utf8'), ...(!isText(bytes) && { rawPath: bytes }) }
}

function isText(bytes: Buffer): boolean {
  return Buffer.from(bytes.toString('utf8')).equals(bytes)
}

function partsOf(path: string): readonly string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.')
}
