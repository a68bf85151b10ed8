/** One stage: its base, its instructions lowered to ops, each op carried out on the tree; layers wait until they are needed. */
import { type Diagnostic, hasErrors } from '../base/diagnostic.ts'
import { Problem, problem } from '../base/problem.ts'
import type { Instruction } from '../dockerfile/instructions/instruction.ts'
import type { StageNode } from '../dockerfile/stages.ts'
import type { BuildWorld } from './build-world.ts'
import { carryOut, createdNs } from './carry-out.ts'
import { historyLine, type Story } from './image/history.ts'
import { lowerInstruction } from './lower/lower.ts'
import type { StageState } from './lower/stage-state.ts'
import { type PendingLayer, pendingLayer } from './pending-layer.ts'
import { initialState, type StageBase } from './stage-base.ts'
import { stageLabel } from './stage-label.ts'
import type { Tree } from './tree/node.ts'
import { workingTree } from './tree/working-tree.ts'

export interface BuiltStage {
  readonly node: StageNode
  readonly state: StageState
  readonly base: StageBase
  readonly tree: Tree
  /** The base's layers and then its own. */
  readonly layers: readonly PendingLayer[]
  readonly story: Story
}

export async function buildStage(node: StageNode, base: StageBase, world: BuildWorld): Promise<BuiltStage> {
  const state = lowerStage(node, base, world)
  const tree = workingTree(base.tree, { assume: base.assume, created: createdNs(world) })
  const layers = [...base.layers]
  const story = [...base.story]
  for (const [i, op] of state.ops.entries()) {
    world.signal.throwIfAborted()
    world.emit({ kind: 'log', text: `[${stageLabel(node)} ${i + 1}/${state.ops.length}] ${op.createdBy}` })
    story.push(historyLine(op, world))
    if (op.kind === 'config' || op.kind === 'run') continue
    layers.push(pendingLayer(await carryOut(op, tree, world), world.cache, world.limit))
  }
  return { node, state, base, tree, layers, story }
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
