/** One step: the envelope that all types share, and the `spec` of its type. */
import { diagnose } from '../base/diagnostic.ts'
import { didYouMean } from '../text/suggest.ts'
import { entryOf, type YamlScalar } from '../yaml/node.ts'
import { anyNode } from '../yaml/shape/combine.ts'
import { known, optional, required } from '../yaml/shape/field.ts'
import { record } from '../yaml/shape/record.ts'
import { inlining, keyPath, type Report, type Shape, type ShapeType } from '../yaml/shape/shape.ts'
import { text } from '../yaml/shape/text.ts'
import { timeout } from './duration.ts'
import { displayName, ownIdentifier } from './names.ts'
import { type StepType, stepSpecs, unsupportedSteps } from './steps/step-types.ts'
import { failureStrategies, strategy } from './strategy.ts'
import { writtenOut } from './templates.ts'
import { stepWhen } from './when.ts'

const envelope = record(
  {
    identifier: ownIdentifier,
    name: required(displayName),
    type: required(text({ nonEmpty: true, doc: 'What the step does.' })),
    spec: required(anyNode()),
    description: known(),
    timeout: optional(timeout),
    when: optional(stepWhen),
    failureStrategies: optional(failureStrategies),
    strategy: optional(strategy),
    enforce: known(),
    contextType: known(),
  },
  { name: 'Step', doc: 'One thing to do.' },
)

type Envelope = Omit<ShapeType<typeof envelope>, 'type' | 'spec'>

export type StepOf<T extends StepType> = Envelope & { readonly type: T; readonly spec: ShapeType<(typeof stepSpecs)[T]> }
export type Step = { [T in StepType]: StepOf<T> }[StepType]

const typedStep: Shape<Step> = {
  doc: 'One thing to do.',
  read(node, report, path) {
    const read = envelope.read(node, report, path)
    const type = entryOf(node, 'type')?.value
    if (type?.kind !== 'scalar') return undefined
    if (!isStepType(type.source)) return refuse(type, report)
    // Also when the envelope is wrong: whoever mends the file wants to know everything at once.
    const body = entryOf(node, 'spec')?.value
    const spec = body === undefined ? undefined : stepSpecs[type.source].read(body, report, keyPath(path, 'spec'))
    return read === undefined || spec === undefined ? undefined : ({ ...read, type: type.source, spec } as Step)
  },
  schema: (context) =>
    context.define('StepNode', () => ({
      oneOf: Object.entries(stepSpecs).map(([type, spec]) => {
        const base = envelope.schema(inlining('Step', context))
        const properties = { ...(base['properties'] as object), type: { const: type }, spec: spec.schema(context) }
        return { ...base, properties }
      }),
    })),
}

export const step = writtenOut(typedStep, 'step')

function isStepType(type: string): type is StepType {
  return Object.hasOwn(stepSpecs, type)
}

function refuse(node: YamlScalar, report: Report): undefined {
  const { source: type, at } = node
  const because = Object.hasOwn(unsupportedSteps, type) ? unsupportedSteps[type] : undefined
  if (because !== undefined) report(diagnose('MODEL_STEP_UNSUPPORTED', { type, because }, { at }))
  else report(diagnose('MODEL_STEP_UNKNOWN', { type }, { at, hint: didYouMean(type, Object.keys(stepSpecs)) ?? `types: ${Object.keys(stepSpecs).join(', ')}` }))
  return undefined
}
