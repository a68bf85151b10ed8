/** The plan: everything a run will do, as JSON. Pure data, so it can be printed, compared, stored and explained without running anything. */
import type { Deferred, Planned } from '../base/planned.ts'
import type { Text } from '../base/secret-text.ts'
import type { Span } from '../base/span.ts'
import type { Work } from '../steps/work.ts'
import type { FailureLevels } from './failure-plan.ts'
import type { KubernetesPlan } from './kubernetes-plan.ts'

/** When a node runs, given how its surroundings went so far. `condition` is evaluated just before. */
export interface WhenPlan {
  readonly status: 'Success' | 'Failure' | 'All'
  readonly condition?: Planned<Text | boolean>
}

export interface InfraPlan {
  /** Where it runs here, and where the pipeline says it runs. They differ under `--on`. */
  readonly on: 'local' | 'docker' | 'kubernetes' | 'fake'
  readonly declared: 'Cloud' | 'VM' | 'Docker' | 'KubernetesDirect' | 'none'
  readonly os: string
  readonly arch: string
  /** Where it runs as a pod. */
  readonly kubernetes?: KubernetesPlan
}

export interface StepPlan {
  readonly kind: 'step'
  /** The node's path: stage, groups and step joined by '/'. */
  readonly path: string
  readonly identifier: string
  readonly name: string
  readonly type: string
  /** In a few words: what it does. */
  readonly does: string
  readonly when: WhenPlan
  readonly timeoutMs?: number
  /** What happens when it fails, where somebody has said so. */
  readonly onFailure?: FailureLevels
  readonly work: Work
  /** On infrastructure fake: what steers it besides its own environment. */
  readonly pretence?: Readonly<Record<string, Planned<Text>>>
  readonly at: Span
}

export interface GroupPlan {
  readonly kind: 'group'
  readonly path: string
  readonly identifier: string
  readonly name: string
  readonly when: WhenPlan
  readonly timeoutMs?: number
  readonly children: readonly StepNode[]
}

export interface ParallelPlan {
  readonly kind: 'parallel'
  readonly children: readonly StepNode[]
}

/** A looped step or group, unrolled: its turns run side by side, `maxConcurrency` at once (absent: all). */
export interface LoopPlan {
  readonly kind: 'loop'
  readonly path: string
  readonly identifier: string
  readonly name: string
  readonly maxConcurrency?: number
  /** After a failure, turns that have not begun are skipped. */
  readonly skipQueued?: true
  readonly children: readonly StepNode[]
  /** The turns are known only when the loop is reached. */
  readonly decided?: Deferred
  readonly at: Span
}

export type StepNode = StepPlan | GroupPlan | ParallelPlan | LoopPlan

export interface StagePlan {
  readonly kind: 'stage'
  readonly path: string
  readonly identifier: string
  readonly name: string
  readonly when: WhenPlan
  readonly timeoutMs?: number
  readonly infrastructure: InfraPlan
  readonly variables: Readonly<Record<string, Planned<Text>>>
  /** Folders that all steps see beside the workspace. Absent: none. */
  readonly sharedPaths?: readonly string[]
  readonly steps: readonly StepNode[]
}

export type StageLoop = Omit<LoopPlan, 'children'> & { readonly children: readonly StagePlan[] }
export type StageMember = StagePlan | StageLoop
export type StageNode = StageMember | { readonly kind: 'parallel'; readonly children: readonly StageMember[] }

export interface Plan {
  readonly version: 1
  readonly pipeline: { readonly identifier: string; readonly name: string; readonly org?: string; readonly project?: string; readonly file: string }
  readonly timeoutMs?: number
  readonly stages: readonly StageNode[]
}
