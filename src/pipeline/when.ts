/** `when` of steps and stages: run only after success, failure or always, and only if a condition holds. */
import { dynCondition } from '../dynamic/dynamic-shape.ts'
import { anyOf } from '../yaml/shape/combine.ts'
import { optional, required } from '../yaml/shape/field.ts'
import { record } from '../yaml/shape/record.ts'
import type { ShapeType } from '../yaml/shape/shape.ts'
import { choice } from '../yaml/shape/text.ts'

const statuses = ['Success', 'Failure', 'All'] as const
const statusDoc = 'Success: everything before went well; Failure: something failed; All: in any case.'

const condition = anyOf({ scalar: dynCondition('An expression that must be true for the node to run.') })

export const stepWhen = record(
  { stageStatus: required(choice(statuses, { doc: statusDoc })), condition: optional(condition) },
  { name: 'StepWhen', doc: 'When the step runs.' },
)

export const stageWhen = record(
  { pipelineStatus: required(choice(statuses, { doc: statusDoc })), condition: optional(condition) },
  { name: 'StageWhen', doc: 'When the stage runs.' },
)

export type StepWhen = ShapeType<typeof stepWhen>
export type StageWhen = ShapeType<typeof stageWhen>
