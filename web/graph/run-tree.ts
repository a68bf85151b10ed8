/** A run as a tree: what was planned, and what came up on the way (the turns of loops decided at run time), where it belongs. Pure. */
import { type LoopSummary, type StageSummary, type StageSummaryNode, type SummaryNode, stagesOf, stepsOf } from '../../src/events/plan-summary.ts'
import type { RunView } from '../../src/events/run-view.ts'

export type RunNode =
  | { readonly kind: 'step'; readonly key: string; readonly name: string; readonly type: string }
  | { readonly kind: 'group'; readonly key: string; readonly name: string; readonly children: readonly RunNode[] }
  | { readonly kind: 'parallel'; readonly key: string; readonly loop?: LoopSummary; readonly children: readonly RunNode[] }
  | { readonly kind: 'stage'; readonly key: string; readonly name: string; readonly on: string; readonly children: readonly RunNode[] }

type Late = ReadonlyMap<string, string>

/** Depends on the names of nodes only, so it stays the same while steps come and go. */
export function runTree(view: Pick<RunView, 'plan' | 'steps' | 'stages'>): readonly RunNode[] {
  const planned = view.plan?.stages ?? []
  const stages = [...stagesOf(planned)]
  const known = new Set(stages.flatMap((stage) => [...stepsOf(stage.steps)].map(({ path }) => path as string)))
  const late: Late = new Map([...view.steps.values()].filter(({ path }) => !known.has(path)).map(({ path, name }) => [path, name]))
  const lateStages = [...view.stages.keys()].filter((path) => !stages.some((stage) => stage.path === path))
  const nodes = planned.map((node, i) => stageNode(node, `stages-${i}`, late, lateStages))
  const placed = new Set(nodes.flatMap((node) => stagesIn(node)))
  const rest = lateStages.filter((path) => !placed.has(path))
  return rest.length === 0 ? nodes : [...nodes, { kind: 'parallel', key: 'late', children: rest.map((path) => lateStage(path, late)) }]
}

/** All steps below a node, in order. */
export function stepsIn(node: RunNode): readonly Extract<RunNode, { readonly kind: 'step' }>[] {
  return node.kind === 'step' ? [node] : node.children.flatMap(stepsIn)
}

function stagesIn(node: RunNode): readonly string[] {
  return node.kind === 'stage' ? [node.key] : node.kind === 'step' ? [] : node.children.flatMap(stagesIn)
}

function stageNode(node: StageSummaryNode, key: string, late: Late, lateStages: readonly string[]): RunNode {
  if (node.kind === 'stage') return stage(node, late)
  const { loop, children } = node
  const turns = loop === undefined ? [] : lateStages.filter((path) => isTurn(path, loop)).map((path) => lateStage(path, late))
  return {
    kind: 'parallel',
    key: loop?.path ?? key,
    ...(loop !== undefined && { loop }),
    children: [...children.map((one) => (loop === undefined ? stage(one, late) : inLoop(stage(one, late), loop))), ...turns],
  }
}

function stage({ path, name, infrastructure, steps }: StageSummary, late: Late): RunNode {
  const children = steps.map((node, i) => stepNode(node, `${path}/-${i}`, late))
  const placed = new Set(children.flatMap(stepsIn).map(({ key }) => key))
  const rest = lateSteps(late, (step) => step.startsWith(`${path}/`) && !placed.has(step), path)
  return { kind: 'stage', key: path, name, on: infrastructure, children: [...children, ...rest] }
}

function stepNode(node: SummaryNode, key: string, late: Late): RunNode {
  if (node.kind === 'step') return { kind: 'step', key: node.path, name: node.name, type: node.type }
  if (node.kind === 'group') {
    return { kind: 'group', key: node.path, name: node.name, children: node.children.map((one, i) => stepNode(one, `${node.path}/-${i}`, late)) }
  }
  const { loop } = node
  const children = node.children.map((one, i) => stepNode(one, `${key}-${i}`, late))
  if (loop === undefined) return { kind: 'parallel', key, children }
  const placed = new Set(children.flatMap(stepsIn).map((one) => one.key))
  const turns = lateSteps(late, (step) => isTurn(step, loop) && !placed.has(step), loop.path.split('/').slice(0, -1).join('/'))
  return { kind: 'parallel', key: loop.path, loop, children: [...children.map((child) => inLoop(child, loop)), ...turns] }
}

/** Under the name of the loop, `compile (linux, amd64)` is `linux, amd64`. */
function inLoop(node: RunNode, { name }: LoopSummary): RunNode {
  const own = node.kind !== 'parallel' && node.name.startsWith(`${name} (`) && node.name.endsWith(')')
  return own ? { ...node, name: node.name.slice(name.length + 2, -1) } : node
}

/** `build_0`, or `build_0/…` of a group. */
function isTurn(path: string, loop: LoopSummary): boolean {
  return path.startsWith(`${loop.path}_`) && /^\d/.test(path.slice(loop.path.length + 1))
}

function lateStage(path: string, late: Late): RunNode {
  return { kind: 'stage', key: path, name: path, on: '', children: lateSteps(late, (step) => step.startsWith(`${path}/`), path) }
}

function lateSteps(late: Late, wanted: (path: string) => boolean, below: string): readonly RunNode[] {
  return [...late.keys()].filter(wanted).map((path): RunNode => ({ kind: 'step', key: path, name: path.slice(below.length + 1), type: '' }))
}
