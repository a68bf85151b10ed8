/** The pipeline document. */
import type { Span } from '../base/span.ts'
import { dynMap } from '../dynamic/shapes.ts'
import { list } from '../yaml/shape/collections.ts'
import { known, optional, required } from '../yaml/shape/field.ts'
import { record } from '../yaml/shape/record.ts'
import type { Shape, ShapeType } from '../yaml/shape/shape.ts'
import { text } from '../yaml/shape/text.ts'
import { flag } from '../yaml/shape/values.ts'
import { onlyKey } from '../yaml/shape/variants.ts'
import { codebase } from './codebase.ts'
import { timeout } from './duration.ts'
import { displayName, ownIdentifier } from './names.ts'
import { type Stage, stage } from './stage.ts'
import { variables } from './variables.ts'

export type StageNode =
  | { readonly key: 'stage'; readonly value: Stage; readonly at: Span }
  | { readonly key: 'parallel'; readonly value: readonly { readonly key: 'stage'; readonly value: Stage; readonly at: Span }[]; readonly at: Span }

const oneStage = onlyKey({ stage })
const stages = list(onlyKey({ stage, parallel: list(oneStage, { nonEmpty: true }) }), { nonEmpty: true, doc: 'Stages, one after another.' }) as Shape<
  readonly StageNode[]
>

const pipeline = record(
  {
    identifier: ownIdentifier,
    name: required(displayName),
    projectIdentifier: optional(text({ doc: 'Project the pipeline belongs to.' })),
    orgIdentifier: optional(text({ doc: 'Organisation the project belongs to.' })),
    description: known(),
    tags: optional(dynMap()),
    properties: optional(record({ ci: optional(record({ codebase: optional(codebase) })) })),
    stages: required(stages),
    variables: optional(variables),
    notificationRules: known('notifications are not sent'),
    flowControl: known('barriers are not part of CI stages'),
    timeout: optional(timeout),
    delegateSelectors: known(),
    allowStageExecutions: optional(flag({ doc: 'Single stages may be run.' })),
    fixedInputsOnRerun: optional(flag({ doc: 'A run again has the same inputs.' })),
  },
  { name: 'Pipeline', doc: 'What to do, in stages.' },
)

export const pipelineDocument = record({ pipeline: required(pipeline) }, { name: 'Pipeline document', doc: 'A Harness CI pipeline.' })

export type Pipeline = ShapeType<typeof pipeline>
