/** Carries out COPY and ADD on the working tree. Nothing is read here but folders: contents wait in their nodes. */
import { createHash } from 'node:crypto'
import type { Diagnostic } from '../../base/diagnostic.ts'
import { Problem, problem } from '../../base/problem.ts'
import { ignoreRules, matchIgnore } from '../../dockerfile/ignore.ts'
import { hasWildcards } from '../../dockerfile/name-pattern.ts'
import type { OpenRemote, RemoteTree } from '../context/remote-sources.ts'
import type { CopyOp, CopySource } from '../lower/op.ts'
import { makeFolders } from '../tree/make-folders.ts'
import { type FileNode, joinPath, nameOf, parentOf, type Tree, type Waiting } from '../tree/node.ts'
import { type Find, resolvePath } from '../tree/resolve.ts'
import type { WorkingTree } from '../tree/working-tree.ts'
import { folderOptions } from './folder-options.ts'
import { parseMode } from './mode.ts'
import { findOwner } from './owner.ts'
import { placeWithParents } from './parents.ts'
import { type Placing, place } from './place.ts'
import { type Found, findSources, isMissing } from './sources.ts'
import { unpack } from './unpack.ts'

export interface CopyWorld extends Waiting {
  readonly tree: WorkingTree
  readonly source: Tree
  /** How the source is called in messages. */
  readonly sourceName: string
  /** Time of what the instruction makes itself. */
  readonly createdNs: bigint
  readonly reproducible: boolean
  /** Where names of users are looked up: with --link the tree itself is empty. */
  readonly owners: Find
  readonly scratch: () => Promise<string>
  readonly openRemote: OpenRemote
}

export async function copy(op: CopyOp, world: CopyWorld): Promise<void> {
  const placing = await placingOf(op, world)
  for (const [i, source] of op.sources.entries()) await copySource(op, world, { ...placing, group: String(i) }, source)
  for (const doc of op.inline) await placeOne(op, world, placing, { path: doc.name, real: '', node: inlineNode(doc, world) })
}

async function placingOf(op: CopyOp, world: CopyWorld): Promise<Placing> {
  const { tree, source, signal } = world
  const mode = op.mode === undefined ? undefined : parseMode(op.mode)
  if (op.mode !== undefined && mode === undefined) throw problem('BUILD_MODE_INVALID', { mode: op.mode }, { at: op.at })
  const owner = op.owner === undefined ? undefined : await findOwner(world.owners, op.owner, { signal, at: op.at })
  const wrong: Diagnostic[] = []
  const exclude = ignoreRules(op.exclude, (d) => wrong.push(d))
  if (wrong[0] !== undefined) throw new Problem(wrong[0])
  return {
    tree,
    source,
    signal,
    instruction: op.instruction,
    at: op.at,
    owner,
    mode,
    mtimeNs: world.reproducible ? world.createdNs : undefined,
    exclude,
    group: '',
  }
}

async function copySource(op: CopyOp, world: CopyWorld, placing: Placing, source: CopySource): Promise<void> {
  if (source.remote !== undefined) return copyRemote(op, world, placing, await world.openRemote(source.remote, source.at))
  const pattern = source.path.replace('/./', '/')
  const { found, lost } = await findSources(world.source, pattern, { signal: world.signal, deep: op.parents })
  const missing = lost[0] ?? (found.length === 0 && (await isMissing(world.source, pattern, world)) ? source.path : undefined)
  if (missing !== undefined)
    throw problem('BUILD_SOURCE_MISSING', { instruction: op.instruction, source: missing, context: world.sourceName }, { at: source.at })
  for (const [i, match] of found.entries()) {
    // A whole context or image has no time of its own.
    const one = match.real === '' ? { ...match, node: { ...match.node, mtimeNs: world.createdNs } } : match
    const own = { ...placing, group: `${placing.group}.${i}` }
    if (hasWildcards(pattern) && matchIgnore(placing.exclude, one.path).ignored) continue
    if (op.unpack && (await unpack(op, world, own, one))) continue
    if (op.parents) await placeWithParents(op, world, own, { found: one, pivot: source.path })
    else await placeOne(op, world, own, one)
  }
}

/** A file of the web goes where a file of the context would; of a repository it is the content of the folder that goes. */
async function copyRemote(op: CopyOp, world: CopyWorld, placing: Placing, { tree, path }: RemoteTree): Promise<void> {
  const node = await tree.find(path, world)
  if (node === undefined) throw new Error(`${path} is not in its own tree`)
  const found = { path: node.kind === 'dir' ? '' : path, real: path, node }
  const own = { ...placing, source: tree }
  if (op.unpackRemote && (await unpack(op, world, own, found))) return
  await placeOne(op, world, own, found)
}

/** A file goes into the destination when that is a folder, or ends with a slash; a folder's content always goes into it. */
async function placeOne(op: CopyOp, world: CopyWorld, placing: Placing, found: Found): Promise<void> {
  const folders = folderOptions(op, world, placing)
  const into = op.dest.endsWith('/')
  const dest = op.dest.replace(/^\/+|\/+$/g, '')
  const folder = await makeFolders(world.tree, into ? dest : parentOf(dest), folders)
  if (found.node.kind !== 'dir' && !into && (await nameTells(world, dest, found.path))) {
    const sure = { ...placing, tree: { ...world.tree, peek: world.tree.known } }
    return place(sure, found.real, found.node, joinPath(folder, nameOf(dest)))
  }
  const real = await resolvePath(world.tree.peek, dest, world)
  if (found.node.kind === 'dir') {
    const fresh = (await world.tree.peek(real, world)) === undefined
    await makeFolders(
      world.tree,
      real,
      fresh && placing.mode !== undefined && isOctal(op.mode) ? { ...folders, mode: placing.mode(found.node.mode, true) } : folders,
    )
    return place(placing, found.real, found.node, real)
  }
  const there = into || (await world.tree.peek(real, world))?.kind === 'dir'
  await place(placing, found.real, found.node, there ? joinPath(real, nameOf(found.path)) : real)
}

/** As in BuildKit: symbolic changes are for what is in the copied folder. */
function isOctal(mode: string | undefined): boolean {
  return mode !== undefined && /^[0-7]+$/.test(mode)
}

/** Spares opening the base: a folder or a link does not end like the file that goes there (app.conf to /etc/nginx/nginx.conf). */
async function nameTells(world: CopyWorld, dest: string, source: string): Promise<boolean> {
  const ending = /[^/.]\.([A-Za-z0-9]+)$/.exec(source)?.[1]
  return ending !== undefined && dest.endsWith(`.${ending}`) && (await world.tree.known(dest)) === undefined
}

function inlineNode(doc: CopyOp['inline'][number], world: CopyWorld): FileNode {
  const bytes = Buffer.from(doc.text)
  return {
    kind: 'file',
    mode: 0o644,
    uid: 0,
    gid: 0,
    mtimeNs: world.createdNs,
    size: bytes.length,
    content: async () => bytes,
    fingerprint: createHash('sha256').update(bytes).digest('hex'),
  }
}
