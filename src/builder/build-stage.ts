/** One stage: its base, its instructions lowered to ops, each op carried out on the tree; layers wait until they are needed. */
import { type Diagnostic, hasErrors } from '../base/diagnostic.ts'
import { Problem } from '../base/problem.ts'
import type { Instruction } from '../dockerfile/instructions/instruction.ts'
import type { StageNode } from '../dockerfile/stages.ts'
import { once } from '../oci/once.ts'
import type { BuildWorld } from './build-world.ts'
import type { TracedStep } from './cache/trace.ts'
import { carryOut, createdNs } from './carry-out.ts'
import { copyFacts } from './copy-facts.ts'
import { checkCpu } from './exec/foreign-cpu.ts'
import { historyLine, type Story } from './image/history.ts'
import { lowerInstruction } from './lower/lower.ts'
import type { CopyOp, FolderOp, RunOp } from './lower/op.ts'
import type { StageState } from './lower/stage-state.ts'
import { runOp } from './ops/run.ts'
import { type PendingLayer, pendingLayer, recalledLayer } from './pending-layer.ts'
import { stackTree } from './rootfs/stack-tree.ts'
import { pays, type Recalling, recall, rememberCopy } from './solve/recall.ts'
import { initialState, type StageBase } from './stage-base.ts'
import { plainTitle, stageLabel, stepTitles } from './stage-label.ts'
import { during, type Told } from './tell.ts'
import type { Tree } from './tree/node.ts'
import { type ReplayedTree, replayedTree } from './tree/replayed-tree.ts'
import { type WorkingTree, workingTree } from './tree/working-tree.ts'

export interface BuiltStage {
  readonly node: StageNode
  readonly state: StageState
  readonly base: StageBase
  readonly tree: Tree
  /** The base's layers and then its own. */
  readonly layers: readonly PendingLayer[]
  readonly story: Story
  /** Looking at the tree may mean to fetch layers or to unpack them. */
  readonly dear: boolean
  /** One of them was not cached, so nothing on top of it can be. */
  readonly fresh: boolean
}

export async function buildStage(node: StageNode, base: StageBase, world: BuildWorld): Promise<BuiltStage> {
  const state = lowerStage(node, base, world)
  const firstRun = state.ops.find((op) => op.kind === 'run')
  if (firstRun !== undefined) {
    checkCpu({ os: base.about.os, architecture: base.about.architecture }, world.buildPlatform, firstRun.at, { folder: world.store.workFolder })
    await world.runs(firstRun.at)
  }
  let tree = replayedTree(workingTree(base.tree, { assume: base.assume, created: createdNs(world) }))
  const layers = [...base.layers]
  const story = [...base.story]
  const exported = world.exported(node.stage.index)
  const title = stepTitles(node, state.ops, world.file.stages)
  const traced: TracedStep[] = []
  world.traced.set(node.stage.index, traced)
  let { dear, fresh } = base
  for (const op of state.ops) {
    world.signal.throwIfAborted()
    story.push(historyLine(op))
    if (op.kind === 'config') continue
    await readySources(op, world)
    const told = world.begin(title(op))
    const below = [...layers]
    if (op.kind === 'run') {
      if (exported) writeAhead(layers, world)
      const layer = await during(told, () => runOp(op, { below, tree: tree.seen }, told, anewWorld(op, world)))
      dear = true
      fresh ||= layer.kept?.fate().kind === 'made'
      layers.push(layer)
      tree = replayedTree(treeAfterRun([...layers], op, world))
    } else {
      const layer = await endWhenFailed(told, () => placed(op, { below, dear, exported }, fresh, tree, anewWorld(op, world)))
      dear ||= pays(op, dear)
      if (exported) layers.push(toldWhenWritten(layer, told))
      else {
        told.end('done')
        layers.push(layer)
      }
    }
    const { kept } = layers.at(-1) as PendingLayer
    if (kept !== undefined) traced.push({ stage: stageLabel(node), kind: op.kind, title: plainTitle(title(op), op.at, world), kept })
  }
  return { node, state, base, tree: tree.seen, layers, story, dear, fresh }
}

/** Some kinds of layers are not to be found again. */
function anewWorld(op: CopyOp | FolderOp | RunOp, world: BuildWorld): BuildWorld {
  const kind = op.kind === 'run' ? 'run' : 'copy'
  return world.request.cacheRules?.anew.includes(kind) === true ? { ...world, cache: { ...world.cache, noCache: true } } : world
}

/** From an earlier build where nothing that the instruction reads has changed; carried out otherwise. */
async function placed(op: CopyOp | FolderOp, at: Recalling, fresh: boolean, tree: ReplayedTree, world: BuildWorld): Promise<PendingLayer> {
  const { cache, limit } = world
  const facts = copyFacts(op)
  const alias = (identity: string) => rememberCopy(op, { ...at, identity }, world)
  const identity = fresh ? undefined : await recall(op, at, world)
  if (identity !== undefined)
    return recalledLayer(
      identity,
      tree.later(() => carryOut(op, tree.working, world)),
      { cache, limit, facts, alias },
    )
  await tree.settle()
  return pendingLayer(await carryOut(op, tree.working, world), { cache, limit, facts, alias })
}

/** A step begins when the stages that it reads from are there: what they take is not its time. */
async function readySources(op: CopyOp | FolderOp | RunOp, world: BuildWorld): Promise<void> {
  const sources = op.kind === 'copy' ? [op.from] : op.kind === 'run' ? op.mounts.map(({ origin }) => origin) : []
  for (const source of sources) if (source.kind === 'stage') await world.stage(source.index)
}

async function endWhenFailed<T>(told: Told, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    told.end('failed', error)
    throw error
  }
}

/** A copy is done when its layer is written; until then nobody knows whether it was built before. */
function toldWhenWritten(layer: PendingLayer, told: Told): PendingLayer {
  const write = async () => {
    const written = await endWhenFailed(told, layer.write)
    told.end(written.cached ? 'cached' : 'done')
    return written
  }
  return { ...layer, write }
}

/** What is below a RUN is compressed while it runs. A failure shows when the layer is asked for in earnest. */
function writeAhead(layers: readonly PendingLayer[], world: BuildWorld): void {
  for (const layer of layers) world.ahead.push(world.write(layer).catch(() => undefined))
}

/** Anything may be different now, so common knowledge is of no more use; and the folders are there to be asked. */
function treeAfterRun(layers: readonly PendingLayer[], op: RunOp, world: BuildWorld): WorkingTree {
  const folders = once(async () => (await world.runs(op.at)).stackOf(layers))
  return workingTree(stackTree(folders), { assume: false, created: createdNs(world) })
}

/** All that is wrong with the stage is said at once, before anything is read or written. */
function lowerStage(node: StageNode, base: StageBase, world: BuildWorld): StageState {
  const wrong: Diagnostic[] = []
  const state = initialState(node, base, world, (d) => wrong.push(d))
  const instructions: readonly Instruction[] = [...base.triggers, ...node.stage.instructions]
  for (const instruction of instructions) lowerInstruction(state, instruction)
  const [first, ...others] = wrong.filter((d) => d.severity === 'error')
  if (first !== undefined && hasErrors(wrong)) throw new Problem(first, { others })
  return state
}
