/** Run-time inputs: from a file, from the command line, and asked for at a real terminal. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import process from 'node:process'
import { describe, expect, it, onTestFinished } from 'vitest'
import { root } from '../../tools/support/root.ts'
import { findProgram } from '../support/real.ts'
import { needs } from '../support/skip.ts'
import { tempProject } from '../support/temp-project.ts'
import { testWorld } from '../support/test-world.ts'

const pipeline = `pipeline:
  identifier: p
  name: p
  variables:
    - {name: COLOUR, type: String, value: "<+input>.allowedValues(red,green)"}
    - {name: COUNT, type: Number, value: <+input>.default(3)}
  stages:
    - stage:
        identifier: s
        name: s
        type: CI
        spec:
          runtime: {type: Cloud}
          execution:
            steps:
              - step: {identifier: a, name: a, type: Run, spec: {command: echo "it is <+pipeline.variables.COLOUR> <+pipeline.variables.COUNT>"}}
`
const inputSet = `inputSet:
  identifier: mine
  pipeline:
    identifier: p
    variables:
      - {name: COLOUR, type: String, value: green}
`

describe('inputs of a run', { timeout: 60_000 }, () => {
  it.each([
    ['lines of paths', 'COLOUR: green\n', [], 'it is green 3'],
    ['an input set', inputSet, [], 'it is green 3'],
    ['a file and the command line, which goes first', 'COLOUR: green\nCOUNT: 5\n', ['--input', 'COLOUR=red'], 'it is red 5'],
  ])('come from %s', async (_what, file, options, shown) => {
    const { dir } = tempProject({ 'p.yaml': pipeline, 'in.yaml': file })
    const ran = await testWorld({ cwd: dir }).run('run', 'p.yaml', '--inputs-file', 'in.yaml', ...options)
    expect(ran.out, ran.err).toContain(shown)
  })

  it('are refused where the file names one that is not asked for, or is no YAML', async () => {
    const { dir } = tempProject({ 'p.yaml': pipeline, 'in.yaml': 'COLOR: green\n', 'bad.yaml': 'a: [\n' })
    const world = testWorld({ cwd: dir })
    expect((await world.run('run', 'p.yaml', '--inputs-file', 'in.yaml')).err).toContain('INPUT_UNKNOWN')
    expect((await world.run('run', 'p.yaml', '--inputs-file', 'bad.yaml')).err).toContain('bad.yaml:')
  })

  it('are complained about where nobody can be asked', async () => {
    const ran = await testWorld({ cwd: tempProject({ 'p.yaml': pipeline }).dir }).run('run', 'p.yaml')
    expect([ran.code, ran.err]).toEqual([1, expect.stringContaining('INPUT_MISSING')])
  })

  it('are asked for at a terminal until they are allowed', {
    ...needs(findProgram('script', process.env) !== undefined, 'there is no program script (util-linux)'),
    timeout: 60_000,
  }, async () => {
    const project = tempProject({ 'p.yaml': pipeline })
    const argv = [process.execPath, '--disable-warning=ExperimentalWarning', join(root, 'src/main/cli.ts'), 'run', 'p.yaml', '--output', 'plain']
    const env = { ...process.env, SLIPWAY_HOME: project.path('home'), TERM: 'xterm', NO_COLOR: '1' }
    const child = spawn('script', ['-qefc', argv.join(' '), '/dev/null'], { cwd: project.dir, env, stdio: ['pipe', 'pipe', 'pipe'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (more: string) => {
      text += more
    })
    const ended = once(child, 'exit')
    const poll = { timeout: 60_000, interval: 50 }
    await expect.poll(() => text, poll).toContain('? pipeline.variables.COLOUR (String; one of: red, green) > ')
    child.stdin.write('blue\r')
    await expect.poll(() => text, poll).toContain('one of: red, green\r\n')
    child.stdin.write('red\r')
    expect(await ended).toEqual([0, null])
    expect(text).toContain('it is red 3')
    expect(text).not.toContain('? pipeline.variables.COUNT')
  })
})
