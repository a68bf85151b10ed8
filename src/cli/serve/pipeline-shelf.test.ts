import process from 'node:process'
import { describe, expect, it } from 'vitest'
import { tempProject } from '../../../test/support/temp-project.ts'
import { composeToolbox } from '../../main/compose-toolbox.ts'
import { composeWorld } from '../../main/compose-world.ts'
import { systemClock } from '../../main/system-clock.ts'
import type { World } from '../world.ts'
import { pipelineShelf } from './pipeline-shelf.ts'

const text = `pipeline:
  identifier: ship
  name: Ship it
  projectIdentifier: p
  orgIdentifier: o
  variables:
    - { name: TAG, type: String, value: "<+input>.regex(v\\\\d+)" }
    - { name: LEVEL, type: String, value: "<+input>.default(info).allowedValues(info,debug)" }
    - { name: KEY, type: Secret, value: <+secrets.getValue("account.key")> }
    - { name: WHO, type: String, value: me }
  stages:
    - stage:
        identifier: a
        name: First
        type: CI
        spec:
          cloneCodebase: false
          infrastructure: { type: KubernetesDirect, spec: { connectorRef: k, namespace: n } }
          execution:
            steps:
              - step: { type: Run, identifier: x, name: x, spec: { shell: Sh, command: 'echo <+secrets.getValue("missing")>' } }
    - parallel:
        - stage:
            identifier: b
            name: b
            type: CI
            spec:
              cloneCodebase: false
              infrastructure: { type: KubernetesDirect, spec: { connectorRef: k, namespace: n } }
              execution:
                steps:
                  - step: { type: Run, identifier: y, name: y, spec: { shell: Sh, command: 'true' } }
`

function shelf(files: Readonly<Record<string, string>>, ...names: readonly string[]) {
  const place = tempProject(files)
  const env = { SLIPWAY_SECRET_ACCOUNT_KEY: 'not-to-be-told', PATH: process.env['PATH'] }
  const tools = composeToolbox({ env, kill: () => undefined, pid: process.pid, uid: 0, program: [], clock: systemClock })
  const world: World = { ...composeWorld(new AbortController().signal), tools, env, cwd: place.dir, home: place.path('home') }
  return { shelf: pipelineShelf(names, world), place }
}

describe('pipelines that a server was given', () => {
  it('are files, and the pipelines in folders, each once, with what is wrong with them', async () => {
    const files = { 'p/ship.yaml': text, 'p/inputs.yaml': 'inputSet: { name: x }\n', 'p/broken.yml': 'pipeline: [\n', 'p/notes.txt': 'no' }
    const listed = await shelf(files, 'p', 'p/ship.yaml', 'gone.yaml').shelf.list()
    expect(listed.map(({ file, name, problems }) => [file, name, problems.map(({ code }) => code).length > 0])).toEqual([
      ['p/broken.yml', undefined, true],
      ['p/ship.yaml', 'Ship it', false],
      ['gone.yaml', undefined, true],
    ])
    expect(listed[1]).toMatchObject({ pipeline: 'o/p/ship', identifier: 'ship', stages: [{ identifier: 'a', name: 'First' }, { identifier: 'b' }] })
  })

  it('have a form: inputs with their limits, variables, and which secrets are missing; never a value of one', async () => {
    const { shelf: one, place } = shelf({ 'ship.yaml': text }, 'ship.yaml')
    const [ship] = await one.list()
    const form = await one.form(ship?.id ?? '')
    expect(form).toMatchObject({
      inputs: [
        { path: 'variables.TAG', type: 'String', pattern: 'v\\d+' },
        { path: 'variables.LEVEL', type: 'String', default: 'info', oneOf: ['info', 'debug'] },
      ],
      variables: [
        { name: 'KEY', type: 'Secret' },
        { name: 'WHO', type: 'String', value: 'me' },
      ],
      secrets: [
        { name: 'account.key', known: true },
        { name: 'missing', known: false },
      ],
      branches: [],
    })
    expect(JSON.stringify(form)).not.toContain('not-to-be-told')
    expect(await one.form('nobody')).toBeUndefined()
    place.write({ 'ship.yaml': text.replace('Ship it', 'Ship them') })
    expect((await one.list())[0]?.name).toBe('Ship them')
  })
})
