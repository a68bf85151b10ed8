/** Lists of steps: steps, parallel members and groups, nested as the author likes. */

import type { Text } from '../base/secret-text.ts'
import type { Span } from '../base/span.ts'
import type { Dynamic } from '../dynamic/dynamic.ts'
import { list } from '../yaml/shape/collections.ts'
import { lazy } from '../yaml/shape/combine.ts'
import { known, optional, required } from '../yaml/shape/field.ts'
import { record } from '../yaml/shape/record.ts'
import type { JsonSchema, Shape, ShapeType } from '../yaml/shape/shape.ts'
import { onlyKey } from '../yaml/shape/variants.ts'
import { timeout } from './duration.ts'
import { displayName, ownIdentifier } from './names.ts'
import { sharedPaths } from './shared-paths.ts'
import { type Step, step } from './step.ts'
import { type FailureStrategies, failureStrategies, type Strategy, strategy } from './strategy.ts'
import { writtenOut } from './templates.ts'
import { type Variable, variables } from './variables.ts'
import { type StepWhen, stepWhen } from './when.ts'

export interface StepGroup {
  readonly identifier: string
  readonly name: string
  readonly steps: readonly StepNode[]
  readonly when?: StepWhen
  readonly strategy?: Strategy
  readonly failureStrategies?: FailureStrategies
  readonly sharedPaths?: string | readonly string[]
  readonly variables?: readonly Variable[]
  readonly timeout?: Dynamic<Text>
  readonly at: Span
}

export type StepNode =
  | { readonly key: 'step'; readonly value: Step; readonly at: Span }
  | { readonly key: 'parallel'; readonly value: readonly StepNode[]; readonly at: Span }
  | { readonly key: 'stepGroup'; readonly value: StepGroup; readonly at: Span }

export const stepNodes: Shape<readonly StepNode[]> = lazy(() => list(node, { doc: 'Steps, one after another.' }))

const wholeGroup: Shape<StepGroup> = record(
  {
    identifier: ownIdentifier,
    name: required(displayName),
    steps: required(stepNodes),
    sharedPaths: optional(sharedPaths),
    stepGroupInfra: known('steps of a group run where their stage runs'),
    strategy: optional(strategy),
    when: optional(stepWhen),
    failureStrategies: optional(failureStrategies),
    variables: optional(variables),
    timeout: optional(timeout),
    description: known(),
  },
  { name: 'StepGroup', doc: 'Steps that belong together.' },
)

const group = writtenOut(wholeGroup, 'group')

/** `contextType` stands beside `step:` in pipelines exported from the original. */
const node: Shape<StepNode> = writtenOut(withoutContext(onlyKey({ step, parallel: stepNodes, stepGroup: group }) as Shape<StepNode>), 'steps', 'insert')

function withoutContext<T>(shape: Shape<T>): Shape<T> {
  return {
    ...shape,
    read(item, report, path) {
      if (item.kind !== 'map') return shape.read(item, report, path)
      return shape.read({ ...item, entries: item.entries.filter((entry) => entry.key !== 'contextType') }, report, path)
    },
    schema: (context) => context.define('StepNodeItem', () => allowContext(shape.schema(context))),
  }
}

/** The same for editors. */
function allowContext(schema: JsonSchema): JsonSchema {
  const members = schema['oneOf']
  return Array.isArray(members)
    ? { ...schema, oneOf: members.map((one: JsonSchema) => ({ ...one, properties: { ...Object(one['properties']), contextType: {} } })) }
    : schema
}

export type StageSteps = ShapeType<typeof stepNodes>
