/** The part of a plan that viewers need: the tree of stages and steps with names. Stored with the run, sent to the browser. */
import type { StepPath } from './step-path.ts'

export type SummaryNode =
  | { readonly kind: 'step'; readonly path: StepPath; readonly name: string; readonly type: string }
  | { readonly kind: 'group'; readonly path: StepPath; readonly name: string; readonly children: readonly SummaryNode[] }
  | { readonly kind: 'parallel'; readonly loop?: LoopSummary; readonly children: readonly SummaryNode[] }

/** That the nodes are turns of a loop. `path` begins those of turns that are known only later. */
export interface LoopSummary {
  readonly path: StepPath
  readonly name: string
  readonly atOnce?: number
}

export interface StageSummary {
  readonly kind: 'stage'
  readonly path: StepPath
  readonly name: string
  readonly infrastructure: string
  readonly steps: readonly SummaryNode[]
}

export type StageSummaryNode = StageSummary | { readonly kind: 'parallel'; readonly loop?: LoopSummary; readonly children: readonly StageSummary[] }

export interface PlanSummary {
  readonly pipeline: { readonly identifier: string; readonly name: string }
  readonly stages: readonly StageSummaryNode[]
}

/** All steps below the given nodes, in plan order. */
export function* stepsOf(nodes: readonly SummaryNode[]): Generator<Extract<SummaryNode, { kind: 'step' }>> {
  for (const node of nodes) {
    if (node.kind === 'step') yield node
    else yield* stepsOf(node.children)
  }
}

export function* stagesOf(nodes: readonly StageSummaryNode[]): Generator<StageSummary> {
  for (const node of nodes) {
    if (node.kind === 'stage') yield node
    else yield* node.children
  }
}
