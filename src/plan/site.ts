/** Where planning stands: the pipeline, and perhaps a stage, groups and a step, each at its path and in its turn of a loop. */
import type { Pipeline } from '../pipeline/pipeline.ts'
import type { Stage } from '../pipeline/stage.ts'
import type { Step } from '../pipeline/step.ts'
import type { StepGroup } from '../pipeline/step-nodes.ts'
import type { RunFacts } from './facts.ts'
import type { Knowledge } from './knowledge.ts'
import type { Turn } from './loop.ts'

export interface Site {
  readonly pipeline: Pipeline
  readonly file: string
  readonly facts: RunFacts
  readonly knowledge: Knowledge
  readonly stage?: Stage
  readonly stagePath?: string
  readonly stageTurn?: Turn
  /** Outermost first. */
  readonly groups: readonly { readonly group: StepGroup; readonly path: string; readonly turn?: Turn }[]
  /** Of the loops below the stage, outermost first. */
  readonly turns: readonly Turn[]
  readonly step?: Step
  /** The step is the one that brings the code of the stage. */
  readonly codebaseStep?: true
}

export type StageSite = Site & { readonly stage: Stage; readonly stagePath: string }
export type StepSite = StageSite & { readonly step: Step }
