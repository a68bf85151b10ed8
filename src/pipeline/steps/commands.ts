/** Steps that run commands: Run and Background. */
import { dynList, dynMap, dynText } from '../../dynamic/shapes.ts'
import { list, mapOf } from '../../yaml/shape/collections.ts'
import { optional, required } from '../../yaml/shape/field.ts'
import { record } from '../../yaml/shape/record.ts'
import { choice, text } from '../../yaml/shape/text.ts'
import { containerFields } from '../container.ts'
import { outputPattern } from '../names.ts'
import { needsOneOf } from '../needs-one-of.ts'

const shells = ['Sh', 'Bash', 'Powershell', 'Pwsh', 'Python'] as const

export const outputVariable = record(
  {
    name: required(text({ pattern: outputPattern, patternName: 'the name of a shell variable', doc: 'Variable of the script to hand on.' })),
    type: optional(choice(['String', 'Number', 'Secret']), 'String'),
    value: optional(text({ doc: 'Name of the variable in the script, when it differs.' })),
  },
  { name: 'OutputVariable' },
)

export const reports = record({
  type: required(choice(['JUnit'])),
  spec: required(record({ paths: required(list(dynText({ nonEmpty: true }))) })),
})

const commandFields = {
  shell: optional(choice(shells, { doc: 'Program that reads the command.' }), 'Sh'),
  image: optional(dynText({ doc: 'Image to run the command in.' })),
  connectorRef: optional(dynText()),
  registryRef: optional(dynText()),
  envVariables: optional(dynMap({ doc: 'Environment of the command.' })),
  ...containerFields,
}

const run = record(
  {
    ...commandFields,
    command: optional(dynText({ doc: 'The script.' })),
    outputVariables: optional(list(outputVariable, { doc: 'Variables that later steps may read.' })),
    reports: optional(reports),
    outputAlias: optional(record({ key: required(text()), scope: required(choice(['Pipeline', 'Stage', 'StepGroup'])) })),
  },
  { name: 'RunSpec', doc: 'A script.' },
)

/** An image alone runs what it was made to run. */
export const runSpec = needsOneOf(run, ['command', 'image'])

const background = record(
  { ...commandFields, command: optional(dynText()), entrypoint: optional(dynList()), portBindings: optional(mapOf(text())), reports: optional(reports) },
  { name: 'BackgroundSpec', doc: 'A service that lives as long as the stage.' },
)

export const backgroundSpec = needsOneOf(background, ['image', 'command', 'entrypoint'])
