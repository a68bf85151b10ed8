/** Run and Background steps for real: shells, outputs, test reports and a TCP service on this machine. */
import { readdirSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { findProgram } from '../support/real.ts'
import { needs } from '../support/skip.ts'
import { tempProject } from '../support/temp-project.ts'
import { testWorld } from '../support/test-world.ts'

const head = `pipeline:
  identifier: p
  name: p
  variables: [{name: WORD, type: String, value: pipeline}]
  stages:
    - stage:
        identifier: s
        name: s
        type: CI
        variables: [{name: TOKEN, type: Secret, value: account.token}]
        spec:
          platform: {os: Linux}
          cloneCodebase: true
          execution:
            steps:
`

interface Shown {
  readonly status: string
  readonly stages: readonly { readonly notes: readonly { readonly code: string }[] }[]
  readonly steps: readonly {
    readonly path: string
    readonly status: string
    readonly tail: readonly string[]
    readonly notes: readonly { readonly code: string }[]
    readonly outputs: readonly object[]
    readonly tests?: object
  }[]
}

async function run(steps: string, files: Readonly<Record<string, string>> = {}) {
  const { dir } = tempProject()
  await writeFile(join(dir, 'p.yaml'), head + steps.trim().replace(/^/gm, '              '))
  await mkdir(join(dir, 'code'))
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, 'code', name), text)
  const world = testWorld({ cwd: dir, stdin: () => Readable.from(['open-sesame']) })
  await world.run('secret', 'set', 'account.token')
  const done = await world.run('run', 'p.yaml', '--codebase', join(dir, 'code'))
  const shown = JSON.parse((await world.run('runs', 'show', 'last', '--json')).out) as Shown
  const logs = (await world.run('runs', 'logs', 'last')).out
  return { ...done, shown, logs, world, step: (id: string) => shown.steps.find((step) => step.path === `s/${id}`) }
}

const python = needs(findProgram('python3', process.env) !== undefined, 'python3 is not installed')
const bash = needs(findProgram('bash', process.env) !== undefined, 'bash is not installed')

describe('Run steps on this machine', () => {
  it('hand outputs on through early exits and other shells, as expressions and as variables; secret ones are masked everywhere', {
    ...python,
    ...bash,
  }, async () => {
    const done = await run(`
- step: {identifier: a, name: a, type: Run, spec: {shell: Bash, command: "COLOUR=blue; KEY=$(printf 'a-very-%s' hidden-word); exit 0; COLOUR=red", outputVariables: [{name: COLOUR}, {name: KEY, type: Secret}]}}
- step:
    identifier: b
    name: b
    type: Run
    spec:
      shell: Python
      command: |
        import os
        print(os.environ["COLOUR"], os.environ["WORD"], os.environ["HARNESS_STAGE_ID"], os.environ["KEY"], os.environ["TOKEN"])
        COUNT = 6 * 7
        with open(os.environ["DRONE_OUTPUT"], "a") as file: file.write("TASTE=sour\\n")
        exit(0)
      outputVariables: [{name: COUNT, type: Number}, {name: TASTE}]
- step: {identifier: c, name: c, type: Run, spec: {shell: Sh, command: "echo $COUNT $TASTE <+<+steps.b.output.outputVariables.COUNT> + 1> <+steps.a.output.outputVariables.KEY>"}}`)
    expect(done.code, done.out + done.err).toBe(0)
    expect(done.step('b')?.tail).toContain('blue pipeline s ******** ********')
    expect(done.step('c')?.tail).toContain('42 sour 43 ********')
    for (const text of [done.out, done.err, done.logs, JSON.stringify(done.shown)]) {
      expect(text).not.toContain('a-very-hidden-word')
      expect(text).not.toContain('open-sesame')
    }
  })

  it('have their test reports counted and shown, also when they fail', async () => {
    const report =
      '<testsuite name="unit"><testcase name="good"/><testcase name="bad" file="src/a.ts" line="3"><failure message="1 is not 2"/></testcase></testsuite>'
    const done = await run(
      `- step: {identifier: t, name: t, type: Run, spec: {shell: Sh, command: "mkdir -p out && cp report.xml out/r.xml && exit 1", reports: {type: JUnit, spec: {paths: ["out/**/*.xml", "nowhere/*.xml"]}}}}`,
      { 'report.xml': report },
    )
    expect(done.code).toBe(1)
    expect(done.out).toContain('2 tests: 1 passed, 1 failed in 0.0s (1 report)')
    expect(done.out).toContain('✖ unit › bad  src/a.ts:3')
    expect(done.step('t')).toMatchObject({ tests: { totals: { tests: 2, failed: 1 }, failures: [{ name: 'bad', message: '1 is not 2' }] } })
    expect(done.step('t')?.notes.map((note) => note.code)).toContain('REPORT_MISSING')
  })

  it('tell what is missing for a shell that is not there', needs(findProgram('pwsh', process.env) === undefined, 'pwsh is installed'), async () => {
    const done = await run('- step: {identifier: a, name: a, type: Run, spec: {shell: Pwsh, command: "1"}}')
    expect(done.out).toContain('needs pwsh, which is not on this machine')
    expect(done.out).toContain('image: mcr.microsoft.com/powershell')
  })
})

/** Below the ports that the system hands out, so that no other test is given it meanwhile. */
async function freePort(): Promise<number> {
  for (let port = 20_000 + (process.pid % 10_000); ; port++) {
    const server = createServer()
    const free = await new Promise<boolean>((resolve) => server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true)))
    await new Promise((resolve) => server.close(resolve))
    if (free) return port
  }
}

describe('Background steps on this machine', () => {
  const serve = (port: number, more = ''): string =>
    `const s = require('net').createServer((c) => c.end('hello from the service\\n')); setTimeout(() => s.listen(${port}, '127.0.0.1', () => console.log('listening')), 700);${more}`
  const ask = (port: number): string =>
    `require('net').connect(${port}, '127.0.0.1').on('error', (e) => { console.log('refused'); process.exit(3) }).pipe(process.stdout)`

  it('serve later steps, which wait for the port, and are gone with the stage', { timeout: 60_000 }, async () => {
    const port = await freePort()
    const done = await run(
      `
- step: {identifier: db, name: db, type: Background, spec: {shell: Sh, command: 'exec "${process.execPath}" serve.cjs', envVariables: {SLIPWAY_READY_TCP: "${port}"}}}
- step: {identifier: a, name: a, type: Run, spec: {shell: Sh, command: '"${process.execPath}" ask.cjs'}}`,
      { 'serve.cjs': serve(port, "process.on('SIGTERM', () => { console.log('going'); process.exit(0) })"), 'ask.cjs': ask(port) },
    )
    expect(done.code, done.out + done.err).toBe(0)
    expect(done.step('a')?.tail).toContain('hello from the service')
    expect(done.step('db')?.tail).toEqual(expect.arrayContaining(['listening', 'going']))
    expect(done.shown.stages.flatMap((stage) => stage.notes)).toEqual([])
    const gone = createServer()
    await new Promise<void>((resolve, reject) => gone.once('error', reject).listen(port, '127.0.0.1', resolve))
    await new Promise((resolve) => gone.close(resolve))
    expect(readdirSync(join(done.world.home, 'stages'))).toEqual([])
  })

  it('started by their entrypoint are asked by a command', { timeout: 60_000 }, async () => {
    const port = await freePort()
    const done = await run(
      `
- step: {identifier: db, name: db, type: Background, spec: {entrypoint: ["${process.execPath}", serve.cjs], envVariables: {SLIPWAY_READY_CMD: '"${process.execPath}" ask.cjs'}}}
- step: {identifier: a, name: a, type: Run, spec: {shell: Sh, command: '"${process.execPath}" ask.cjs'}}`,
      { 'serve.cjs': serve(port), 'ask.cjs': ask(port) },
    )
    expect(done.code, done.out + done.err).toBe(0)
    expect(done.step('a')?.tail).toContain('hello from the service')
  })

  it('that die before they are ready fail, with their exit code', async () => {
    const done = await run(
      `- step: {identifier: db, name: db, type: Background, spec: {shell: Sh, command: "echo no disk; exit 4", envVariables: {SLIPWAY_READY_LOG: never}}}`,
    )
    expect(done.code).toBe(1)
    expect(done.out).toContain('the service ended before it was ready: exit code 4')
    expect(done.step('db')?.tail).toContain('no disk')
  })
})
