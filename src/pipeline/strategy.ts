/** Loops and what happens on failure: read here, expanded by the plan, obeyed by the engine. */
import { diagnose } from '../base/diagnostic.ts'
import { dynCondition } from '../dynamic/dynamic-shape.ts'
import { dynChoice, dynInteger, dynList, dynText } from '../dynamic/shapes.ts'
import { dynTree } from '../dynamic/tree.ts'
import { list } from '../yaml/shape/collections.ts'
import { lazy, mapped } from '../yaml/shape/combine.ts'
import { optional, required } from '../yaml/shape/field.ts'
import { record } from '../yaml/shape/record.ts'
import { keyPath, type Shape, type ShapeType } from '../yaml/shape/shape.ts'
import { choice } from '../yaml/shape/text.ts'
import { anyJson, flag } from '../yaml/shape/values.ts'
import { interventionTimeout } from './duration.ts'
import { failureKinds } from './failure-kinds.ts'

const actionKinds = [
  'Ignore',
  'MarkAsSuccess',
  'MarkAsFailure',
  'Abort',
  'Retry',
  'RetryStepGroup',
  'ManualIntervention',
  'StageRollback',
  'StepGroupRollback',
  'PipelineRollback',
  'ProceedWithDefaultValues',
] as const

export type ActionKind = (typeof actionKinds)[number]

export interface FailureAction {
  readonly type: ActionKind
  readonly spec?: {
    readonly retryCount?: ShapeType<ReturnType<typeof dynInteger>>
    readonly retryIntervals?: ShapeType<ReturnType<typeof dynList>>
    readonly condition?: ShapeType<ReturnType<typeof dynCondition>>
    readonly onRetryFailure?: { readonly action: FailureAction }
    readonly timeout?: ShapeType<typeof interventionTimeout>
    readonly onTimeout?: { readonly action: FailureAction }
  }
}

const nested: Shape<{ readonly action: FailureAction }> = record({ action: required(lazy(() => action)) })

const anyAction: Shape<FailureAction> = record(
  {
    type: required(choice(actionKinds, { doc: 'What to do.' })),
    spec: optional(
      record({
        retryCount: optional(dynInteger({ min: 1 })),
        retryIntervals: optional(dynList()),
        condition: optional(dynCondition('Asked after each failure: try again while it holds.')),
        onRetryFailure: optional(nested),
        timeout: optional(interventionTimeout),
        onTimeout: optional(nested),
      }),
    ),
  },
  { name: 'FailureAction' },
) as Shape<FailureAction>

const neededKeys: Readonly<Partial<Record<ActionKind, readonly (keyof NonNullable<FailureAction['spec']>)[]>>> = {
  Retry: ['retryCount'],
  RetryStepGroup: ['retryCount'],
  ManualIntervention: ['timeout', 'onTimeout'],
}

const action: Shape<FailureAction> = mapped(anyAction, (value, { node, report, path }) => {
  const missing = (neededKeys[value.type] ?? []).filter((key) => value.spec?.[key] === undefined)
  for (const key of missing) report(diagnose('YAML_MISSING_KEY', { key, where: `"${keyPath(path, 'spec')}" of ${value.type}` }, { at: node.at }))
  return missing.length > 0 ? undefined : value
})

export const failureStrategies = list(
  record(
    {
      onFailure: required(record({ errors: required(list(choice(failureKinds), { nonEmpty: true })), action: required(action) })),
    },
    { name: 'FailureStrategy' },
  ),
  { doc: 'What to do when something fails; the first entry that matches wins.' },
)

const loopFields = {
  maxConcurrency: optional(dynInteger({ min: 1, doc: 'How many run at once.' })),
  onFailure: optional(dynChoice(['RunAll', 'SkipQueued'])),
  when: optional(anyJson()),
}

/** A matrix has free keys beside its own, so it is kept as a tree. */
const matrix = dynTree({ doc: 'One child per combination of the axes; exclude leaves some out.' })

const repeat = record(
  {
    times: optional(dynInteger({ min: 0 })),
    items: optional(dynTree({ doc: 'One child per item.' })),
    start: optional(dynInteger()),
    end: optional(dynInteger()),
    unit: optional(choice(['Percentage', 'Count'])),
    partitionSize: optional(dynInteger({ min: 1 })),
    nodeName: optional(dynText()),
    ...loopFields,
  },
  { name: 'Repeat' },
)

export const strategy = record(
  {
    matrix: optional(matrix),
    repeat: optional(repeat),
    parallelism: optional(dynInteger({ min: 1 })),
    maxConcurrency: optional(dynInteger({ min: 1 })),
    enforce: optional(flag()),
  },
  { name: 'Strategy', doc: 'Runs the node several times: exactly one of matrix, repeat and parallelism.' },
)

export type Strategy = ShapeType<typeof strategy>
export type FailureStrategies = ShapeType<typeof failureStrategies>
