/** Carries out one op on a stage's tree and answers what changed. */
import { cleanPath } from '../dockerfile/clean-path.ts'
import type { BuildWorld } from './build-world.ts'
import type { Changes } from './layer/write-layer.ts'
import type { CopyFrom, CopyOp, FolderOp } from './lower/op.ts'
import { contextOf, folderContext } from './named-contexts.ts'
import { type CopyWorld, copy } from './ops/copy.ts'
import { findOwner } from './ops/owner.ts'
import { stageLabel } from './stage-label.ts'
import { emptyTree } from './tree/empty-tree.ts'
import { makeFolders } from './tree/make-folders.ts'
import type { Tree } from './tree/node.ts'
import { type WorkingTree, workingTree } from './tree/working-tree.ts'

export async function carryOut(op: CopyOp | FolderOp, tree: WorkingTree, world: BuildWorld): Promise<Changes> {
  if (op.kind === 'folder') await makeWorkdir(op, tree, world)
  else if (op.link) return copyLinked(op, tree, world)
  else await copy(op, await copyWorld(op, tree, tree, world))
  return tree.takeChanges(world)
}

/** --link: made as if on nothing, so neither the base nor its links matter, then laid over what is there. */
async function copyLinked(op: CopyOp, tree: WorkingTree, world: BuildWorld): Promise<Changes> {
  const alone = workingTree(emptyTree, { assume: false, created: createdNs(world) })
  await copy(op, await copyWorld(op, alone, tree, world))
  const changes = await alone.takeChanges(world)
  for (const [path, node] of changes) tree.put(path, node)
  await tree.takeChanges(world)
  return changes
}

async function copyWorld(op: CopyOp, tree: WorkingTree, owners: WorkingTree, world: BuildWorld): Promise<CopyWorld> {
  const { signal, reproducible, scratch } = world
  const { source, name } = await sourceOf(op, op.from, world)
  return { tree, source, sourceName: name, signal, createdNs: createdNs(world), reproducible, owners: owners.find, scratch, openRemote: world.openRemote }
}

export function createdNs(world: BuildWorld): bigint {
  return BigInt(Math.floor(world.createdMs)) * 1_000_000n
}

async function makeWorkdir(op: FolderOp, tree: WorkingTree, world: BuildWorld): Promise<void> {
  const { signal } = world
  const owner = op.owner === undefined ? { uid: 0, gid: 0 } : await findOwner(tree.find, op.owner, { signal, at: op.at })
  await makeFolders(tree, cleanPath(op.path).slice(1), { signal, owner, mtimeNs: createdNs(world), instruction: 'WORKDIR', at: op.at })
}

export async function sourceOf(op: CopyOp, from: CopyFrom, world: BuildWorld): Promise<{ readonly source: Tree; readonly name: string }> {
  if (from.kind === 'context') return { source: world.context, name: 'the build context' }
  if (from.kind === 'image') {
    const context = contextOf(from.name, world.request.contexts)
    if (context?.kind === 'folder') return { source: folderContext(context, world), name: context.folder }
  }
  if (from.kind === 'image') return { source: await world.imageTree(from.name, op.at), name: `the image ${from.name}` }
  const stage = await world.stage(from.index)
  return { source: stage.tree, name: `the stage ${stageLabel(stage.node)}` }
}
