import { expect, it } from 'vitest'
import { readPipeline } from '../pipeline/read-pipeline.ts'
import { sourceFile } from '../text/source-file.ts'
import { noFacts } from './facts.ts'
import { planner } from './planner.ts'

const steps = [
  '{identifier: a, name: a, type: Run, spec: {image: i, command: x, connectorRef: account.hub}}',
  '{identifier: b, name: b, type: Plugin, spec: {image: i, connectorRef: nowhere}}',
  '{identifier: c, name: c, type: Background, spec: {image: i, connectorRef: nowhere}}',
  '{identifier: d, name: d, type: Run, spec: {image: i, command: x, connectorRef: account.harnessImage}}',
  '{identifier: e, name: e, type: Run, spec: {command: x, connectorRef: nowhere}}',
]

const text = `pipeline:
  identifier: p
  name: p
  stages:
    - stage:
        identifier: s
        name: s
        type: CI
        spec:
          platform: {os: Linux}
          execution:
            steps:
${steps.map((step) => `              - step: ${step}`).join('\n')}
`

it.each([
  [false, 'warning'],
  [true, 'error'],
])('a connector that a step pulls its image with has to be there (about to run: %s)', (connectorsNeeded, severity) => {
  const read = readPipeline(sourceFile('p.yaml', text), { inputs: {} })
  if (!read.ok) throw new Error(JSON.stringify(read.diagnostics))
  const { diagnostics } = planner(read.value, {
    file: 'p.yaml',
    facts: { ...noFacts, connectors: { hub: { type: 'DockerRegistry' } }, connectorsNeeded },
  }).plan()
  const found = diagnostics.filter(({ code }) => code === 'CONNECTOR_UNDEFINED').map((d) => `${d.severity} ${d.at?.line}`)
  expect(found).toEqual([`${severity} 14`, `${severity} 15`])
})
