/** People at a real terminal are asked what to do about a failed step; where there is none the action for the timeout is taken at once. */
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
  stages:
    - stage:
        identifier: s
        name: s
        type: CI
        spec:
          runtime: {type: Cloud}
          execution:
            steps:
              - step:
                  identifier: a
                  name: a
                  type: Run
                  spec: {command: "test -e tried || { touch tried; exit 7; }"}
                  failureStrategies:
                    - onFailure:
                        errors: [AllErrors]
                        action: {type: ManualIntervention, spec: {timeout: 1h, onTimeout: {action: {type: Ignore}}}}
`
const poll = { timeout: 60_000, interval: 50 }

describe('a person at a terminal', needs(findProgram('script', process.env) !== undefined, 'there is no program script (util-linux)'), () => {
  it.each([
    ['the live tree', []],
    ['plain lines', ['--output', 'plain']],
  ])(
    'is asked below %s, and the step is tried again',
    async (_where, options) => {
      const project = tempProject({ 'p.yaml': pipeline })
      const argv = [process.execPath, '--disable-warning=ExperimentalWarning', join(root, 'src/main/cli.ts'), 'run', 'p.yaml', ...options]
      const env = { ...process.env, SLIPWAY_HOME: project.path('home'), TERM: 'xterm', NO_COLOR: '1' }
      const child = spawn('script', ['-qefc', argv.join(' '), '/dev/null'], { cwd: project.dir, env, stdio: ['pipe', 'pipe', 'pipe'] })
      onTestFinished(() => void child.kill('SIGKILL'))
      let text = ''
      child.stdout.setEncoding('utf8').on('data', (more: string) => {
        text += more
      })
      const ended = once(child, 'exit')
      await expect.poll(() => text, poll).toContain('letter or number, then Enter >')
      expect(text).toMatch(/\? s\/a failed: p\.yaml:14:\d+: the command ended with exit code 7/)
      child.stdin.write('r')
      child.stdin.write('\r')
      expect(await ended).toEqual([0, null])
      expect(text).toContain('run 1 passed')
    },
    150_000,
  )
})

describe('a run without a terminal', () => {
  it('asks nobody, takes the action for the timeout at once and says so', async () => {
    const ran = await testWorld({ cwd: tempProject({ 'p.yaml': pipeline }).dir }).run('run', 'p.yaml')
    expect(ran.code).toBe(0)
    expect(ran.out).toContain('nobody can be asked what to do: ignore is taken')
  })
})
