/** A CI stage: where it runs, what it sees, and its steps. Stages of other kinds are refused with a reason. */
import { diagnose } from '../base/diagnostic.ts'
import { dynFlag, dynList, dynMap, dynText } from '../dynamic/shapes.ts'
import { entryOf, type YamlNode, type YamlScalar } from '../yaml/node.ts'
import { anyNode, anyOf, mapped } from '../yaml/shape/combine.ts'
import { known, optional, required } from '../yaml/shape/field.ts'
import { record } from '../yaml/shape/record.ts'
import { inlining, keyPath, type Report, type Shape, type ShapeType } from '../yaml/shape/shape.ts'
import { choice, text } from '../yaml/shape/text.ts'
import { timeout } from './duration.ts'
import { cloudOnly, infrastructure, platform, runtime, useFromStage } from './infrastructure.ts'
import { displayName, ownIdentifier } from './names.ts'
import { sharedPaths } from './shared-paths.ts'
import { type StepNode, stepNodes } from './step-nodes.ts'
import { failureStrategies, strategy } from './strategy.ts'
import { writtenOut } from './templates.ts'
import { variables } from './variables.ts'
import { stageWhen } from './when.ts'

/** A list directly under `execution:` is taken as its steps, with a warning. */
const execution: Shape<{ readonly steps: readonly StepNode[] }> = mapped(
  anyOf({ map: record({ steps: required(stepNodes), rollbackSteps: known() }, { name: 'Execution' }), seq: stepNodes }),
  (value, { node, report }) => {
    if (!isList(value)) return value
    report(diagnose('MODEL_STEPS_MISSING', {}, { at: node.at }))
    return { steps: value }
  },
)

function isList(value: { readonly steps: readonly StepNode[] } | readonly StepNode[]): value is readonly StepNode[] {
  return Array.isArray(value)
}

const caching = record(
  {
    enabled: optional(dynFlag()),
    key: optional(dynText()),
    paths: optional(dynList()),
    override: optional(dynFlag()),
    policy: optional(choice(['pull', 'push', 'pull-push'])),
  },
  { name: 'StageCaching', doc: 'Dependency caching of the stage; not the layer cache of image steps.' },
)

const ciSpec = record(
  {
    cloneCodebase: optional(dynFlag({ doc: 'Whether the stage sees the code under build.' })),
    execution: required(execution),
    infrastructure: optional(withUseFrom()),
    platform: optional(platform),
    runtime: optional(runtime),
    caching: optional(caching),
    sharedPaths: optional(sharedPaths),
    ...cloudOnly,
  },
  { name: 'CiStageSpec' },
)

/** `infrastructure: { useFromStage: id }` has no type. */
function withUseFrom(): Shape<ShapeType<typeof infrastructure> | ShapeType<typeof useFromStage>> {
  const isReference = (node: YamlNode): boolean =>
    node.kind === 'map' && node.entries.some((e) => e.key === 'useFromStage') && !node.entries.some((e) => e.key === 'type')
  return {
    read: (node, report, path) => (isReference(node) ? useFromStage.read(node, report, path) : infrastructure.read(node, report, path)),
    schema: (context) => ({ anyOf: [infrastructure.schema(context), useFromStage.schema(context)] }),
  }
}

const envelope = record(
  {
    identifier: ownIdentifier,
    name: required(displayName),
    description: known(),
    type: required(text({ nonEmpty: true, doc: 'CI.' })),
    spec: required(anyNode()),
    variables: optional(variables),
    when: optional(stageWhen),
    failureStrategies: optional(failureStrategies),
    strategy: optional(strategy),
    timeout: optional(timeout),
    tags: optional(dynMap()),
    delegateSelectors: known(),
    runMode: known(),
  },
  { name: 'Stage', doc: 'Steps that share a machine and a workspace.' },
)

export type CiSpec = ShapeType<typeof ciSpec>
export type Stage = Omit<ShapeType<typeof envelope>, 'spec' | 'type'> & { readonly spec: CiSpec }

const typedStage: Shape<Stage> = {
  doc: 'Steps that share a machine and a workspace.',
  read(node, report, path) {
    const read = envelope.read(node, report, path)
    const type = entryOf(node, 'type')?.value
    if (type?.kind === 'scalar' && type.source !== 'CI') return refuse(type, report)
    // Also when the envelope is wrong: whoever mends the file wants to know everything at once.
    const body = entryOf(node, 'spec')?.value
    const spec = body === undefined ? undefined : ciSpec.read(body, report, keyPath(path, 'spec'))
    if (read === undefined || spec === undefined) return undefined
    const { type: _type, spec: _spec, ...rest } = read
    return { ...rest, spec }
  },
  schema: (context) =>
    context.define('StageNode', () => {
      const base = envelope.schema(inlining('Stage', context))
      return { ...base, properties: { ...(base['properties'] as object), type: { const: 'CI' }, spec: ciSpec.schema(context) } }
    }),
}

export const stage = writtenOut(typedStage, 'stage')

function refuse(type: YamlScalar, report: Report): undefined {
  report(diagnose('MODEL_STAGE_UNSUPPORTED', { type: type.source }, { at: type.at }))
  return undefined
}
