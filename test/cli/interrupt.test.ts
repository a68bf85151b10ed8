/** Ctrl-C on a real process with real steps: in good order, at once, and with nothing left behind. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { describe, expect, it, onTestFinished } from 'vitest'
import { root } from '../../tools/support/root.ts'
import { findProgram } from '../support/real.ts'
import { needs } from '../support/skip.ts'
import { tempProject } from '../support/temp-project.ts'
import { terminalScreen } from '../support/terminal-screen.ts'
import { testWorld } from '../support/test-world.ts'

const generous = 150_000
const poll = { timeout: 60_000, interval: 50 }

const pipeline = (command: string): string => `pipeline:
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
              - step: {identifier: a, name: a, type: Run, spec: {command: ${JSON.stringify(command)}}}
              - step: {identifier: b, name: b, type: Run, when: {stageStatus: All}, spec: {command: echo the second ran}}
`

/** Of each step its own, to be found by: it may have namespaces of its own, and other numbers there. */
let marks = 0
const sleeping = (): string => `sleep 4321.${process.pid}${++marks}`

const polite = (then = 'wait'): string => `trap 'echo tidied up; exit 0' TERM; ${sleeping()} & echo rea''dy; ${then}`
const stubborn = (): string => `trap '' TERM; ${sleeping()} & echo rea''dy; while true; do wait; done`

function started(command: string, o: { readonly pty?: boolean } = {}) {
  const project = tempProject({ 'p.yaml': pipeline(command) })
  const home = project.path('home')
  const argv = [process.execPath, '--disable-warning=ExperimentalWarning', join(root, 'src/main/cli.ts'), 'run', 'p.yaml']
  const program = o.pty === true ? ['script', '-qefc', argv.join(' '), '/dev/null'] : argv
  const env = { ...process.env, SLIPWAY_HOME: home, TERM: 'xterm', NO_COLOR: '1' }
  const child = spawn(program[0] ?? '', program.slice(1), { cwd: project.dir, env, stdio: ['pipe', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (more: string) => (text += more))
  return { project, home, child, command, said: () => text, ended: once(child, 'exit').then(([code]) => code as number | null) }
}

async function ready(run: ReturnType<typeof started>): Promise<void> {
  await expect.poll(() => run.said(), poll).toContain('ready')
}

/** No process of the step, no folder of the stage, and the history knows. */
async function nothingLeft(run: ReturnType<typeof started>): Promise<void> {
  await expect.poll(() => sleepers(run.command), poll).toEqual([])
  expect(readdirSync(join(run.home, 'stages'))).toEqual([])
  const runs = JSON.parse((await testWorld({ cwd: run.project.dir, home: run.home }).run('runs', 'list', '--json')).out) as { status: string }[]
  expect(runs.map(({ status }) => status)).toEqual(['aborted'])
}

/** Processes of this machine that sleep as the command does. One that has ended has no arguments any more. */
function sleepers(command: string): readonly string[] {
  const [mark = ''] = /4321\.\d+/.exec(command) ?? []
  return readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0').includes(mark)
    } catch {
      return false
    }
  })
}

function send(child: ChildProcess, signal: NodeJS.Signals): void {
  child.kill(signal)
}

describe('an interrupted run', needs(existsSync('/proc/self/stat'), 'there is no /proc'), () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'lets steps end by themselves at %s, begins nothing more, and ends with exit code 130',
    async (signal) => {
      const run = started(polite())
      await ready(run)
      expect(sleepers(run.command)).not.toEqual([])
      send(run.child, signal)
      expect(await run.ended).toBe(130)
      expect(run.said()).toContain('slipway: stopping; what runs has 10 s')
      expect(run.said()).toContain('tidied up')
      expect(run.said()).not.toContain('the second ran')
      expect(run.said()).toContain('run 1 aborted')
      await nothingLeft(run)
    },
    generous,
  )

  it(
    'ends steps that do not listen at the second Ctrl-C',
    async () => {
      const run = started(stubborn())
      await ready(run)
      send(run.child, 'SIGINT')
      await expect.poll(() => run.said(), poll).toContain('stopping')
      const asked = Date.now()
      send(run.child, 'SIGINT')
      expect(await run.ended).toBe(130)
      // The time that steps have to end by themselves has not passed.
      expect(Date.now() - asked).toBeLessThan(9_500)
      await nothingLeft(run)
    },
    generous,
  )

  it(
    'leaves no process behind at the third',
    async () => {
      const run = started(stubborn())
      await ready(run)
      send(run.child, 'SIGINT')
      await expect.poll(() => run.said(), poll).toContain('stopping')
      send(run.child, 'SIGINT')
      send(run.child, 'SIGINT')
      expect(await run.ended).toBe(130)
      await expect.poll(() => sleepers(run.command), poll).toEqual([])
    },
    generous,
  )

  it(
    'ends in good order when nobody reads it any more',
    async () => {
      const run = started(polite('while true; do echo more; sleep 0.1; done'))
      await ready(run)
      run.child.stdout.destroy()
      expect(await run.ended).toBe(130)
      await nothingLeft(run)
    },
    generous,
  )

  it('gives the terminal back at Ctrl-C typed there, with the tree as it was', {
    ...needs(findProgram('script', process.env) !== undefined, 'there is no program script (util-linux)'),
    timeout: generous,
  }, async () => {
    const run = started(polite(), { pty: true })
    await ready(run)
    run.child.stdin.write('\u0003')
    expect(await run.ended).toBe(130)
    const screen = terminalScreen({ columns: 80, rows: 24 })
    onTestFinished(() => screen.dispose())
    await screen.write(run.said())
    const lines = await screen.lines()
    expect(lines.filter((line) => line.startsWith('■ run 1 of p'))).toHaveLength(1)
    expect(lines.at(-1)).toMatch(/^■ run 1 aborted in /)
    expect(await screen.cursorVisible()).toBe(true)
    await nothingLeft(run)
  })
})
