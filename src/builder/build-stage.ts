/** One stage: its base, its instructions lowered to ops, each op carried out, each change written as a layer. */
import { type Diagnostic, hasErrors } from '../base/diagnostic.ts'
import { Problem, problem } from '../base/problem.ts'
import { cleanPath } from '../dockerfile/clean-path.ts'
import type { Instruction } from '../dockerfile/instructions/instruction.ts'
import type { StageNode } from '../dockerfile/stages.ts'
import type { Layer } from '../oci/views.ts'
import type { BuildWorld } from './build-world.ts'
import { historyLine, type Story } from './image/history.ts'
import { storedLayer } from './layer/stored-layer.ts'
import { lowerInstruction } from './lower/lower.ts'
import type { CopyFrom, CopyOp, FolderOp, Op } from './lower/op.ts'
import type { StageState } from './lower/stage-state.ts'
import { copy } from './ops/copy.ts'
import { findOwner } from './ops/owner.ts'
import { layerFor } from './solve/layer-cache.ts'
import { initialState, type StageBase } from './stage-base.ts'
import { makeFolders } from './tree/make-folders.ts'
import type { Tree } from './tree/node.ts'
import { type WorkingTree, workingTree } from './tree/working-tree.ts'

export interface BuiltStage {
  readonly node: StageNode
  readonly state: StageState
  readonly base: StageBase
  readonly tree: Tree
  /** The base's layers and then its own. */
  readonly layers: readonly Layer[]
  readonly story: Story
  readonly cached: number
}

export async function buildStage(node: StageNode, base: StageBase, world: BuildWorld): Promise<BuiltStage> {
  const state = lowerStage(node, base, world)
  const createdNs = BigInt(world.createdMs) * 1_000_000n
  const tree = workingTree(base.tree, { assume: base.assume, created: createdNs })
  const layers = [...base.layers]
  const story = [...base.story]
  let cached = base.cached
  for (const [i, op] of state.ops.entries()) {
    world.signal.throwIfAborted()
    world.emit({ kind: 'log', text: `[${stageLabel(node)} ${i + 1}/${state.ops.length}] ${op.createdBy}` })
    story.push(historyLine(op, world))
    if (op.kind === 'config' || op.kind === 'run') continue
    await carryOut(op, tree, world)
    const written = await layerFor(await tree.takeChanges(world), world.cache)
    if (written.cached) cached++
    layers.push(storedLayer(written, world.store))
  }
  return { node, state, base, tree, layers, story, cached }
}

/** All that is wrong with the stage is said at once, before anything is read or written. */
function lowerStage(node: StageNode, base: StageBase, world: BuildWorld): StageState {
  const wrong: Diagnostic[] = []
  const state = initialState(node, base, world, (d) => wrong.push(d))
  const instructions: readonly Instruction[] = [...base.triggers, ...node.stage.instructions]
  for (const instruction of instructions) lowerInstruction(state, instruction)
  for (const op of state.ops) if (op.kind === 'run') wrong.push(problem('BUILD_RUN_NOT_YET', { command: op.createdBy }, { at: op.at }).diagnostic)
  const [first, ...others] = wrong.filter((d) => d.severity === 'error')
  if (first !== undefined && hasErrors(wrong)) throw new Problem(first, { others })
  return state
}

function stageLabel(node: StageNode): string {
  return node.stage.name ?? `stage-${node.stage.index}`
}

async function carryOut(op: Exclude<Op, { kind: 'config' | 'run' }>, tree: WorkingTree, world: BuildWorld): Promise<void> {
  if (op.kind === 'folder') return makeWorkdir(op, tree, world)
  const { source, name } = await sourceOf(op, op.from, world)
  await copy(op, { tree, source, sourceName: name, signal: world.signal, createdNs: BigInt(world.createdMs) * 1_000_000n, reproducible: world.reproducible })
}

async function makeWorkdir(op: FolderOp, tree: WorkingTree, world: BuildWorld): Promise<void> {
  const { signal } = world
  const owner = op.owner === undefined ? { uid: 0, gid: 0 } : await findOwner(tree.find, op.owner, { signal, at: op.at })
  await makeFolders(tree, cleanPath(op.path).slice(1), { signal, owner, mtimeNs: BigInt(world.createdMs) * 1_000_000n, instruction: 'WORKDIR' })
}

async function sourceOf(op: CopyOp, from: CopyFrom, world: BuildWorld): Promise<{ source: Tree; name: string }> {
  if (from.kind === 'context') return { source: world.context, name: 'the build context' }
  if (from.kind === 'image') return { source: await world.imageTree(from.name, op.at), name: `the image ${from.name}` }
  const stage = await world.stage(from.index)
  return { source: stage.tree, name: `the stage ${stageLabel(stage.node)}` }
}
