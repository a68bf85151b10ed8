/** Where planning stands: the pipeline, and perhaps a stage, a step and its groups. */

import type { Pipeline } from '../pipeline/pipeline.ts'
import type { Stage } from '../pipeline/stage.ts'
import type { Step } from '../pipeline/step.ts'
import type { StepGroup } from '../pipeline/step-nodes.ts'
import type { RunFacts } from './facts.ts'
import type { Knowledge } from './knowledge.ts'

export interface Site {
  readonly pipeline: Pipeline
  readonly file: string
  readonly facts: RunFacts
  readonly knowledge: Knowledge
  readonly stage?: Stage
  /** Outermost first. */
  readonly groups: readonly StepGroup[]
  readonly step?: Step
}
