/** Stages chosen by hand, and runs that repeat others. */
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Recorded } from '../../src/events/run-event.ts'
import { gitHere, repositoryAt } from '../support/git-repositories.ts'
import { tempProject } from '../support/temp-project.ts'
import { testWorld } from '../support/test-world.ts'

function stage(id: string, steps: string, more = ''): string {
  return `    - stage:\n        identifier: ${id}\n        name: ${id}\n        type: CI\n${more}        spec:\n          platform: {os: Linux}\n          execution:\n            steps:\n${steps}`
}

function run(id: string, command: string, more = ''): string {
  return `              - step:\n                  identifier: ${id}\n                  name: ${id}\n                  type: Run\n                  spec:\n                    shell: Sh\n                    command: ${JSON.stringify(command)}\n${more}`
}

function pipeline(stages: string, more = 'allowStageExecutions: true'): string {
  return `pipeline:\n  identifier: p\n  name: p\n  ${more}\n  variables:\n    - {name: word, type: String, value: "<+input>"}\n  stages:\n${stages}`
}

const outputs = '                    outputVariables: [{name: WHAT, type: String, value: WHAT}]\n'
const told = '<+stage.name> of <+pipeline.variables.word>, <+pipeline.executionId> <+pipeline.resumedExecutionId>'

/** The second stage fails as long as there is no file `good` beside the pipeline. */
const three = pipeline(
  stage('one', run('make', 'WHAT="made by <+pipeline.sequenceId>"; echo making', outputs)) +
    stage(
      'two',
      run(
        'use',
        'echo "got <+pipeline.stages.one.spec.execution.steps.make.output.outputVariables.WHAT>"; test -e "$GOOD"',
        '                    envVariables: {GOOD: GOOD_FILE}\n',
      ),
    ) +
    stage('three', run('last', `echo "${told}"`)),
)

function project(text = three) {
  const here = tempProject()
  here.write({ 'p.yaml': text.replace('GOOD_FILE', here.path('good')) })
  const world = testWorld({ cwd: here.dir })
  const events = async (
    ...argv: string[]
  ): Promise<{ readonly code: number; readonly err: string; readonly events: readonly Recorded[]; readonly out: string }> => {
    const { code, out, err } = await world.run(...argv, '--output', 'ndjson')
    const all = out
      .trim()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Recorded)
    return { code, err, events: all, out: all.map(({ event }) => (event.kind === 'step.output' ? event.text : '')).join('') }
  }
  return { here, world, events }
}

const startedOf = (all: readonly Recorded[]): readonly string[] => all.flatMap(({ event }) => (event.kind === 'step.started' ? [event.step] : []))

describe('slipway run --stage', () => {
  it('runs the named stages and skips the others', async () => {
    const { here, events } = project()
    here.write({ good: '' })
    const ran = await events('run', 'p.yaml', '--input', 'word=x', '--stage', 'one,three')
    expect([ran.code, ran.err]).toEqual([0, ''])
    expect(startedOf(ran.events)).toEqual(['one/make', 'three/last'])
    expect(ran.events.flatMap(({ event }) => (event.kind === 'stage.finished' ? [[event.stage, event.outcome.kind]] : []))).toEqual([
      ['one', 'passed'],
      ['two', 'skipped'],
      ['three', 'passed'],
    ])
  })

  it('says which stages there are when one is not, and warns where Harness would refuse', async () => {
    const { world } = project()
    const unknown = await world.run('run', 'p.yaml', '--input', 'word=x', '--stage', 'thre')
    expect([unknown.code, unknown.err]).toEqual([1, expect.stringMatching(/STAGE_SELECTED_UNKNOWN.*did you mean "three"/s)])
    const silent = project(three.replace('allowStageExecutions: true', 'description: d'))
    const ran = await silent.events('run', 'p.yaml', '--input', 'word=x', '--stage', 'three')
    expect([ran.code, ran.err]).toEqual([0, expect.stringContaining('STAGE_SELECTION_UNUSUAL')])
  })
})

describe('slipway runs rerun', () => {
  it('takes the inputs of the first run, and tells expressions its id, also when a repeat is repeated', async () => {
    const { here, world, events } = project()
    here.write({ good: '' })
    const [first, again, third] = [
      await events('run', 'p.yaml', '--input', 'word=hello', '--stage', 'three'),
      await events('runs', 'rerun', '#1'),
      await events('runs', 'rerun', '#2'),
    ]
    const ids = (ran: { readonly events: readonly Recorded[] }): string => ran.events[0]?.run ?? ''
    expect([first.out, again.out, third.out]).toEqual([
      `three of hello, ${ids(first)} ${ids(first)}\n`,
      `three of hello, ${ids(again)} ${ids(first)}\n`,
      `three of hello, ${ids(third)} ${ids(first)}\n`,
    ])
    expect(startedOf(again.events)).toEqual(['three/last'])
    expect((await world.run('runs', 'show', 'last')).out).toContain(`repeats  ${ids(again)}`)
    expect((await events('runs', 'rerun', '#1', '--input', 'word=other')).out).toContain('three of other')
  })

  it('keeps inputs where nobody can read them', async () => {
    const { here, world } = project()
    here.write({ good: '' })
    await world.run('run', 'p.yaml', '--input', 'word=open-sesame', '--stage', 'one')
    for (const name of readdirSync(world.home).filter((file) => file.startsWith('history'))) {
      expect(readFileSync(join(world.home, name), 'latin1')).not.toContain('open-sesame')
    }
    const shown = (await world.run('runs', 'show', 'last')).out
    expect(shown).toContain('inputs   word')
    expect(shown).not.toContain('open-sesame')
  })

  it('runs from the first stage that failed, with the outputs of those that passed', async () => {
    const { here, world, events } = project()
    const failed = await events('run', 'p.yaml', '--input', 'word=x')
    expect([failed.code, startedOf(failed.events)]).toEqual([1, ['one/make', 'two/use']])
    here.write({ good: '' })
    const again = await events('runs', 'rerun', 'last', '--from-failed')
    expect([again.code, again.err]).toEqual([0, ''])
    expect(startedOf(again.events)).toEqual(['two/use', 'three/last'])
    expect(again.out).toContain('got made by 1\n')
    expect(again.events.flatMap(({ event }) => (event.kind === 'stage.note' ? [event.note.code] : []))).toEqual(['STAGE_TAKEN'])
    const shown = JSON.parse((await world.run('runs', 'show', 'last', '--json')).out) as { steps: { path: string; status: string; outputs: unknown[] }[] }
    expect(shown.steps.find(({ path }) => path === 'one/make')).toMatchObject({ status: 'passed', outputs: [{ name: 'WHAT', value: 'made by 1' }] })
    const nothing = await world.run('runs', 'rerun', 'last', '--from-failed')
    expect([nothing.code, nothing.err]).toEqual([1, expect.stringContaining('RERUN_NOTHING_FAILED')])
  })

  it('runs a passed stage again when it has secret outputs, and says why', async () => {
    const { here, events } = project(three.replace('{name: WHAT, type: String,', '{name: WHAT, type: Secret,'))
    await events('run', 'p.yaml', '--input', 'word=x')
    here.write({ good: '' })
    const again = await events('runs', 'rerun', 'last', '--from-failed')
    expect([again.code, startedOf(again.events)]).toEqual([0, ['one/make', 'two/use', 'three/last']])
    expect(again.events.flatMap(({ event }) => (event.kind === 'stage.note' ? [event.note.code] : []))).toEqual(['STAGE_NOT_TAKEN'])
  })

  it('says when the file is another one, and runs it as it is now', async () => {
    const { here, events } = project()
    here.write({ good: '' })
    await events('run', 'p.yaml', '--input', 'word=x', '--stage', 'three')
    here.write({ 'p.yaml': here.read('p.yaml').replace('<+stage.name> of', 'now <+stage.name> of') })
    const again = await events('runs', 'rerun', 'last')
    expect([again.code, again.err]).toEqual([0, expect.stringContaining('RERUN_TEXT_CHANGED')])
    expect(again.out).toContain('now three of x')
  })

  it('refuses other inputs where the pipeline fixes them, and runs of which nothing was kept', async () => {
    const { here, world } = project(pipeline(stage('three', run('last', 'echo hi')), 'fixedInputsOnRerun: true'))
    await world.run('run', 'p.yaml', '--input', 'word=x')
    const fixed = await world.run('runs', 'rerun', 'last', '--input', 'word=y')
    expect([fixed.code, fixed.err]).toEqual([1, expect.stringContaining('RERUN_INPUTS_FIXED')])
    expect((await world.run('runs', 'rerun', 'last')).code).toBe(0)
    const { DatabaseSync } = await import('node:sqlite')
    const db = new DatabaseSync(join(world.home, 'history.db'))
    db.exec('DELETE FROM given')
    db.close()
    const lost = await world.run('runs', 'rerun', '#1')
    expect([lost.code, lost.err]).toEqual([1, expect.stringContaining('RUN_NOT_REPEATABLE')])
    expect(here.exists('p.yaml')).toBe(true)
  })
})

describe('slipway runs rerun, and archives of earlier stages', () => {
  const image = (id: string, env: Readonly<Record<string, string>>): string =>
    `              - step: {identifier: ${id}, name: ${id}, type: BuildAndPushDockerRegistry, spec: ${JSON.stringify({ connectorRef: 'own', repo: 'ghcr.io/acme/app', tags: ['1'], envVariables: env })}}\n`
  const text = pipeline(
    stage('make', image('build', { PLUGIN_NO_PUSH: 'true', PLUGIN_TAR_PATH: 'out/app.tar' })).replace('platform:', 'cloneCodebase: true\n          platform:') +
      stage(
        'send',
        run('gate', 'test -e "$GOOD"', '                    envVariables: {GOOD: GOOD_FILE}\n') +
          image('push', { PLUGIN_PUSH_ONLY: 'true', PLUGIN_SOURCE_TAR_PATH: 'out/app.tar' }),
      ),
  )
  const config = JSON.stringify({
    hosts: [{ match: 'ghcr.io', endpoint: 'embedded:ghcr' }],
    connectors: [
      { connector: { identifier: 'own', name: 'own', type: 'DockerRegistry', spec: { dockerRegistryUrl: 'https://ghcr.io', auth: { type: 'Anonymous' } } } },
    ],
  })
  const failed = async () => {
    const made = project(text)
    made.here.write({ Dockerfile: 'FROM scratch\nCOPY Dockerfile /\n', '.slipway/config.yaml': config })
    const ran = await made.events('run', 'p.yaml', '--input', 'word=x', '--codebase', made.here.dir)
    expect([ran.code, stepsOf(ran.events)]).toEqual([1, ['make/build', 'send/gate']])
    made.here.write({ good: '' })
    const built = ran.events.flatMap(({ event }) => (event.kind === 'image.built' ? [event.digest] : []))[0]
    return { ...made, built }
  }
  const pushedBy = (all: readonly Recorded[]) =>
    all.flatMap(({ event }) => (event.kind === 'image.delivered' && event.step === 'send/push' ? [event.digest] : []))
  const stepsOf = (all: readonly Recorded[]) => startedOf(all).filter((step) => !step.endsWith('clone'))
  const notes = (all: readonly Recorded[]) => all.flatMap(({ event }) => (event.kind === 'stage.note' ? [event.note.code] : []))

  it('pushes what the first run archived', async () => {
    const { events, built } = await failed()
    const again = await events('runs', 'rerun', 'last', '--from-failed')
    expect([again.err, again.code, stepsOf(again.events)]).toEqual(['', 0, ['send/gate', 'send/push']])
    expect([notes(again.events), pushedBy(again.events)]).toEqual([['STAGE_TAKEN'], [built]])
  })

  it('makes it anew when it is gone, and says so', async () => {
    const { events, world } = await failed()
    rmSync(join(world.home, 'images'), { recursive: true })
    const again = await events('runs', 'rerun', 'last', '--from-failed')
    expect([again.err, again.code, stepsOf(again.events)]).toEqual(['', 0, ['make/build', 'send/gate', 'send/push']])
    expect(notes(again.events)).toEqual(['ARCHIVE_GONE'])
    expect(pushedBy(again.events)).toEqual(again.events.flatMap(({ event }) => (event.kind === 'image.built' ? [event.digest] : [])))
  })
})

describe('slipway runs rerun, and the code under build', gitHere, () => {
  const code = (): string =>
    pipeline(
      stage('s', run('say', 'echo "$(cat f) <+codebase.branch> <+codebase.commitSha>"')).replace('platform:', 'cloneCodebase: true\n          platform:'),
    )

  it('clones the commit of the first run again, and says of its branch what it said then', async () => {
    const { here, events } = project(code())
    const repository = repositoryAt(here.path('repository'))
    const first = repository.commit({ f: 'one' })
    const before = await events('run', 'p.yaml', '--input', 'word=x', '--codebase', `file://${repository.dir}#branch:main`)
    expect([before.err, before.code]).toEqual(['', 0])
    expect(before.out).toContain(`one main ${first}\n`)
    repository.commit({ f: 'two' })
    const again = await events('runs', 'rerun', 'last')
    expect([again.err, again.code]).toEqual(['', 0])
    expect(again.out).toContain(`one main ${first}\n`)
  })

  it('builds a folder as it is, and says when that is another commit', async () => {
    const { here, events } = project(code())
    const repository = repositoryAt(here.path('repository'))
    const first = repository.commit({ f: 'one' })
    const before = await events('run', 'p.yaml', '--input', 'word=x', '--codebase', 'repository')
    expect(before.out).toContain(`one main ${first}\n`)
    repository.git('checkout', '--quiet', '--detach')
    const second = repository.commit({ f: 'two' })
    const moved = await events('runs', 'rerun', '#1')
    expect([moved.code, moved.err]).toEqual([0, expect.stringContaining('RERUN_CODE_CHANGED')])
    // What is built now is on no branch.
    expect(moved.out).toContain(`two null ${second}\n`)
  })
})
