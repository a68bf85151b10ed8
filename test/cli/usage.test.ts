import { describe, expect, it } from 'vitest'
import { tempProject } from '../support/temp-project.ts'
import { testWorld } from '../support/test-world.ts'

const good = `pipeline:
  identifier: p
  name: p
  stages:
    - stage:
        identifier: s
        name: s
        type: CI
        spec:
          runtime: {type: Cloud}
          execution:
            steps:
              - step: {identifier: a, name: a, type: Run, spec: {command: exit 3}}
`

describe('the command line', () => {
  it.each([
    [[], 2],
    [['--help'], 0],
    [['run', '--help'], 0],
    [['--version'], 0],
    [['rnu'], 2],
    [['run'], 2],
    [['run', 'nowhere.yaml'], 1],
    [['run', 'p.yaml', '--on', 'mars'], 2],
    [['explain', 'REGISTRY_DENIED'], 0],
    [['explain', 'REGISTRY_DENID'], 1],
    [['runs', 'list'], 0],
    [['runs', 'show', 'nothing'], 1],
    [['plan', 'p.yaml', '--var', 'x'], 1],
    [['registry', 'serve', '--listen', 'nonsense'], 1],
  ])('%j ends with exit code %i', async (argv, code) => {
    const { dir } = tempProject({ 'p.yaml': good })
    const ran = await testWorld({ cwd: dir }).run(...argv)
    expect([ran.code, ran.out, ran.err][0], ran.err).toBe(code)
    if (code !== 0) expect(ran.err).not.toBe('')
  })

  it('tells what failed, with its last words and its exit code', async () => {
    const { dir } = tempProject({ 'p.yaml': good.replace('exit 3', '"echo the reason; exit 3"') })
    const ran = await testWorld({ cwd: dir }).run('run', 'p.yaml')
    expect(ran.code).toBe(1)
    expect(ran.out).toMatch(/│ the reason\n.*the command ended with exit code 3/)
  })

  it('checks whole folders, and says it to machines', async () => {
    const { dir } = tempProject({ 'a.yaml': good, 'b.yml': good.replace('Run', 'Rum') })
    const world = testWorld({ cwd: dir })
    const text = await world.run('validate', '.')
    expect(text.code).toBe(1)
    expect(text.out).toBe('a.yaml: ok\nb.yml: 1 error, 0 warnings\n')
    expect(text.err).toContain('b.yml:13:54')
    const json = JSON.parse((await world.run('validate', '.', '--format', 'json')).out) as { diagnostics: { code: string }[] }[]
    expect(json.map((file) => file.diagnostics.map((d) => d.code))).toEqual([[], ['MODEL_STEP_UNKNOWN']])
    const sarif = JSON.parse((await world.run('validate', '.', '--format', 'sarif')).out) as { version: string; runs: { results: object[] }[] }
    expect([sarif.version, sarif.runs[0]?.results.length]).toEqual(['2.1.0', 1])
    expect((await world.run('validate', '.', '--format', 'github')).out).toMatch(/^::error file=b.yml,line=13,col=54,/)
  })

  it('writes a project that runs at once, and never over a file', async () => {
    const { dir, read } = tempProject({ Dockerfile: 'FROM scratch\nCOPY pipeline.yaml /mine\n' })
    const world = testWorld({ cwd: dir })
    const made = await world.run('init')
    expect(made.out).toContain('kept  Dockerfile')
    const ran = await world.run('run', 'pipeline.yaml')
    expect(ran.out + ran.err).toContain('pushed sha256:')
    expect(ran.code).toBe(0)
    expect(read('Dockerfile')).toContain('/mine')
  })

  it('prints its language as JSON Schema', async () => {
    const schema = JSON.parse((await testWorld().run('schema')).out) as { $defs: Record<string, object> }
    expect(Object.keys(schema.$defs)).toEqual(expect.arrayContaining(['Pipeline', 'StepNodeItem', 'BuildAndPushECRSpec', 'RunSpec']))
  })

  it('ends in good order when it is interrupted', async () => {
    const { dir } = tempProject({ 'p.yaml': good.replace('exit 3', 'sleep 60') })
    const interrupt = new AbortController()
    const world = testWorld({ cwd: dir, signal: interrupt.signal })
    setTimeout(() => interrupt.abort(new Error('SIGINT')), 400)
    const ran = await world.run('run', 'p.yaml')
    expect(ran.code).toBe(130)
    expect(ran.out).toContain('aborted')
  })
})
