/**
 * Finds what a COPY, ADD or WORKDIR placed by what it reads, without looking at the tree that it writes to: where a RUN came before,
 * that tree would have to be made first, and of files of another stage every layer would have to be fetched.
 */
import { createHash } from 'node:crypto'
import { canonicalJson } from '../../base/json.ts'
import type { BuildWorld } from '../build-world.ts'
import type { CopyOp, FolderOp } from '../lower/op.ts'
import { contextOf, folderContext } from '../named-contexts.ts'
import { findSources } from '../ops/sources.ts'
import { existingLayer, type PendingLayer } from '../pending-layer.ts'
import { joinPath, type Tree, type TreeNode } from '../tree/node.ts'
import { chainOf } from './chain.ts'
import { identityOf } from './identity.ts'
import { isIdentity, layerKey } from './key.ts'
import { readLayer } from './layer-cache.ts'

const version = 1

export interface Recalling {
  readonly below: readonly PendingLayer[]
  /** The tree below was made by a RUN, or from another stage. */
  readonly dear: boolean
  readonly exported: boolean
}

/** The identity of what was placed; undefined: it has to be carried out. */
export async function recall(op: CopyOp | FolderOp, at: Recalling, world: BuildWorld): Promise<string | undefined> {
  const { store, format } = world.cache
  if (world.cache.noCache || !pays(op, at.dear)) return undefined
  if ((await store.readRecord(seenKey(op), world)) === undefined) return undefined
  const key = await copyKey(op, at, world)
  const identity = await store.readRecord(key, world)
  if (identity === undefined || !isIdentity(identity)) return undefined
  if (at.exported && (await readLayer(store, layerKey(identity, format), world)) === undefined) return undefined
  return identity
}

/** For the next build. Answers the records. */
export async function rememberCopy(
  op: CopyOp | FolderOp,
  at: Recalling & { readonly identity: string },
  world: BuildWorld,
): Promise<readonly (readonly [string, string])[]> {
  if (!pays(op, at.dear)) return []
  const records = [[await copyKey(op, at, world), at.identity] as const, [seenKey(op), '1'] as const]
  for (const [name, value] of records) await world.store.writeRecord(name, value, world)
  return records
}

/** Carrying out the instruction, or one after it, may need layers that nobody needs otherwise. */
export function pays(op: CopyOp | FolderOp, dear: boolean): boolean {
  const named = op.owner !== undefined && !/^\d*(?::\d*)?$/.test(op.owner)
  return dear || named || (op.kind === 'copy' && op.from.kind !== 'context')
}

/** Says that there was such an instruction before, so that naming its files may pay. */
function seenKey(op: CopyOp | FolderOp): string {
  return `seen-${hashOf({ op: definition(op) })}`
}

async function copyKey(op: CopyOp | FolderOp, { below }: Recalling, world: BuildWorld): Promise<string> {
  const { times } = world.cache
  const facts = { op: definition(op), chain: await chainOf(below), source: await sourceName(op, world), times, created: times ? world.createdMs : 0 }
  return `copy-${hashOf(facts)}`
}

function definition(op: CopyOp | FolderOp): unknown {
  if (op.kind === 'folder') return { path: op.path, owner: op.owner }
  const { instruction, sources, inline, dest, owner, mode, link, parents, exclude, unpack, unpackRemote } = op
  const paths = { sources: sources.map(({ path }) => path), exclude: exclude.map(({ text }) => text) }
  return { instruction, from: op.from.kind, inline, dest, owner, mode, link, parents, unpack, unpackRemote, ...paths }
}

async function sourceName(op: CopyOp | FolderOp, world: BuildWorld): Promise<string> {
  if (op.kind === 'folder') return ''
  if (op.from.kind === 'context') return identityOf(await chosenFiles(op, world.context, world), world.cache)
  if (op.from.kind === 'stage') return chainOf((await world.stage(op.from.index)).layers)
  const context = contextOf(op.from.name, world.request.contexts)
  if (context?.kind === 'folder') return identityOf(await chosenFiles(op, folderContext(context, world), world), world.cache)
  const image = await world.openBase(op.from.name, world.platform, op.at)
  return chainOf((await image.layers()).map(existingLayer))
}

/** Everything that the patterns of the instruction match in the context; what --exclude leaves out counts too, which does no harm. */
async function chosenFiles(op: CopyOp, context: Tree, world: BuildWorld): Promise<readonly (readonly [string, TreeNode])[]> {
  const chosen: (readonly [string, TreeNode])[] = []
  const visit = async (tree: Tree, from: string, to: string): Promise<void> => {
    for (const [name, node] of await tree.list(from, world)) {
      chosen.push([joinPath(to, name), node])
      if (node.kind === 'dir') await visit(tree, joinPath(from, name), joinPath(to, name))
    }
  }
  for (const [i, source] of op.sources.entries()) {
    if (source.remote !== undefined) {
      const { tree, path } = await world.openRemote(source.remote, source.at)
      const node = await tree.find(path, world)
      if (node !== undefined) chosen.push([`${i}:${path}`, node])
      if (node?.kind === 'dir') await visit(tree, path, `${i}:${path}`)
      continue
    }
    const { found, lost } = await findSources(context, source.path.replace('/./', '/'), { signal: world.signal, deep: op.parents })
    for (const one of found) {
      const name = `${i}:${one.path}`
      chosen.push([name, one.node])
      if (one.node.kind === 'dir') await visit(context, one.real, name)
    }
    for (const path of lost) chosen.push([`${i}:${path}`, lostLink])
  }
  return chosen
}

const lostLink: TreeNode = { kind: 'symlink', mode: 0o777, uid: 0, gid: 0, mtimeNs: 0n, target: '' }

function hashOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson({ version, value })).digest('hex')
}
