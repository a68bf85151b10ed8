/** Variables of a pipeline, stage or group. */
import { diagnose } from '../base/diagnostic.ts'
import { dynText } from '../dynamic/shapes.ts'
import { list } from '../yaml/shape/collections.ts'
import { mapped, orNull } from '../yaml/shape/combine.ts'
import { known, optional, required } from '../yaml/shape/field.ts'
import { record } from '../yaml/shape/record.ts'
import type { ShapeType } from '../yaml/shape/shape.ts'
import { choice, text } from '../yaml/shape/text.ts'
import { flag } from '../yaml/shape/values.ts'
import { variablePattern } from './names.ts'

const variable = record(
  {
    name: required(text({ pattern: variablePattern, patternName: 'a variable name: letters, digits, "_", ".", "$" and "-"', doc: 'Name of the variable.' })),
    type: optional(choice(['String', 'Number', 'Secret'], { doc: 'Kind of value; a Secret is masked everywhere.' }), 'String'),
    value: optional(orNull(dynText({ doc: 'The value; may be an expression or <+input>.' }))),
    default: optional(dynText({ doc: 'Taken when no value is given.' })),
    required: optional(flag({ doc: 'Whether a value must be given.' }), false),
    description: known(),
  },
  { name: 'Variable', doc: 'A named value for expressions; PLUGIN_* ones also set build settings.' },
)

export type Variable = ShapeType<typeof variable>

export const variables = list(
  mapped(variable, (value, { report, node }) => {
    if (value.value == null && value.default === undefined) report(diagnose('MODEL_VARIABLE_WITHOUT_VALUE', { name: value.name }, { at: node.at }))
    return value
  }),
  { doc: 'Variables, readable as <+stage.variables.NAME> or <+pipeline.variables.NAME>.' },
)
