/** `slipway run`, killed at random moments: what was said is kept, nothing is left, numbers go on. */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, describe, expect, it } from 'vitest'
import { sqliteHistory } from '../../../src/adapters/store/sqlite/sqlite-history.ts'
import { brandAs } from '../../../src/base/brand.ts'
import type { Recorded, RunEvent, RunId } from '../../../src/events/run-event.ts'
import type { RunRecord } from '../../../src/ports/history.ts'
import { needs } from '../../support/skip.ts'
import { tempProject } from '../../support/temp-project.ts'

const program = 'src/main/cli.ts'
const kills = 20
const seed = Number(process.env['SLIPWAY_SEED'] ?? randomInt(2 ** 31))

/** Numbers from 0 to 1 that a seed brings again. */
function chance(from: number): () => number {
  let state = from >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/** In the environment of the program and of all that its steps start. */
const mark = `drill-${seed}-${process.pid}`

const line = (id: string, command: string): string =>
  `{identifier: ${id}, name: ${id}, type: Run, spec: {shell: Sh, command: ${JSON.stringify(command)}, envVariables: {SLIPWAY_DRILL: ${mark}}}}`
const pipeline = `pipeline:
  identifier: drill
  name: drill
  stages:
    - stage:
        identifier: s
        name: s
        type: CI
        spec:
          cloneCodebase: false
          platform: {os: Linux}
          execution:
            steps:
              - step: ${line('first', 'echo first')}
              - parallel:
                  - step: ${line('talks', 'for i in 1 2 3 4 5 6 7 8 9 10; do echo "line $i"; sleep 0.1; done')}
                  - step: ${line('leaves', 'sleep 600 & echo left; sleep 1')}
              - step: ${line('last', 'echo last')}
`

interface Killed {
  readonly run: RunId | undefined
  readonly sequenceId: number | undefined
  /** What it had printed when it was killed. */
  readonly told: readonly Recorded[]
}

/** Output, and that something begins, may be told before it is kept. */
const patient: ReadonlySet<RunEvent['kind']> = new Set(['step.output', 'step.progress', 'step.started'])

interface Kill {
  readonly from: 'start' | 'first words'
  readonly afterMs: number
}

const linux = process.platform === 'linux'

describe('a killed run', needs(linux, 'what is left is looked for in /proc'), () => {
  const project = tempProject({ 'drill.yaml': pipeline })
  const home = project.path('home')
  const tmp = project.path('tmp')
  mkdirSync(tmp)
  afterAll(() => project.remove())

  const start = (args: readonly string[]): ChildProcess & { readonly stdout: NonNullable<ChildProcess['stdout']> } =>
    spawn(process.execPath, [program, ...args], {
      env: { ...process.env, SLIPWAY_HOME: home, TMPDIR: tmp, SLIPWAY_DRILL: mark },
      stdio: ['ignore', 'pipe', 'pipe'],
    })

  const ran = (args: readonly string[], kill?: Kill): Promise<{ readonly out: string; readonly code: number | null; readonly tookMs: number }> =>
    new Promise((resolve, reject) => {
      const begun = performance.now()
      const child = start(args)
      let out = ''
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        out += text
        killSoon()
      })
      let timer: NodeJS.Timeout | undefined
      const killSoon = (): void => {
        timer ??= kill === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), kill.afterMs)
      }
      if (kill?.from === 'start') killSoon()
      child.on('error', reject)
      child.on('exit', (code) => {
        clearTimeout(timer)
        // Steps that outlive the program would keep its output open.
        setTimeout(() => {
          child.stdout.destroy()
          resolve({ out, code, tookMs: performance.now() - begun })
        }, 50)
      })
    })

  const events = (out: string): readonly Recorded[] =>
    out
      .split('\n')
      .slice(0, -1)
      .map((text) => JSON.parse(text) as Recorded)

  const list = async (): Promise<readonly RunRecord[]> => JSON.parse((await ran(['runs', 'list', '--json', '--limit', '1000'])).out) as readonly RunRecord[]

  it(`keeps what it had told, is marked as interrupted and leaves nothing, at each of ${kills} moments (seed ${seed})`, async () => {
    const next = chance(seed)
    const whole = await ran(['run', project.path('drill.yaml'), '--output', 'ndjson'])
    expect(whole.code).toBe(0)
    const stories: Killed[] = []
    for (let i = 0; i < kills; i++) {
      const { out } = await ran(
        ['run', project.path('drill.yaml'), '--output', 'ndjson'],
        i % 3 === 0 ? { from: 'start', afterMs: next() * whole.tookMs } : { from: 'first words', afterMs: next() * 1200 },
      )
      const told = events(out)
      const [begin] = told
      stories.push({ run: begin?.run, sequenceId: begin?.event.kind === 'run.started' ? begin.event.sequenceId : undefined, told })
      const listed = await list()
      expect(listed.filter(({ status }) => status === 'running')).toEqual([])
      await checkStory(stories.at(-1), listed)
    }
    const numbers = (await list()).map(({ sequenceId }) => sequenceId)
    expect(new Set(numbers).size).toBe(numbers.length)
    const given = stories.flatMap(({ sequenceId }) => (sequenceId === undefined ? [] : [sequenceId]))
    expect(numbers).toEqual(expect.arrayContaining(given))
    const last = await ran(['run', project.path('drill.yaml'), '--output', 'ndjson'])
    expect(last.code).toBe(0)
    expect(events(last.out)[0]?.event).toMatchObject({ sequenceId: Math.max(...numbers) + 1 })
    console.log(`seed ${seed}: ${stories.filter(({ run }) => run !== undefined).length} of ${kills} runs had begun when they were killed`)
    expect(readdirSync(join(home, 'stages'))).toEqual([])
    expect(readdirSync(join(home, 'runners'))).toEqual([])
    expect(readdirSync(tmp)).toEqual([])
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(home)
    await expect.poll(() => alive(`SLIPWAY_DRILL=${mark}`), { timeout: 20_000 }).toEqual([])
  }, 600_000)

  async function checkStory(killed: Killed | undefined, listed: readonly RunRecord[]): Promise<void> {
    if (killed?.run === undefined) return
    const record = listed.find(({ run }) => run === killed.run)
    const ended = killed.told.some(({ event }) => event.kind === 'run.finished')
    expect(record).toMatchObject({ status: ended ? 'passed' : 'interrupted', sequenceId: killed.sequenceId, finishedAt: expect.any(Number) as number })
    const history = await sqliteHistory({ dir: home })
    const kept = await Array.fromAsync(history.events(brandAs<RunId>(killed.run)))
    await history.close()
    // What is told at once has been kept before; what came earlier was kept with it.
    const sure = killed.told.findLast(({ event }) => !patient.has(event.kind))?.seq ?? 0
    const acknowledged = (all: readonly Recorded[]): readonly Recorded[] => all.filter(({ seq, event }) => seq <= sure && event.kind !== 'step.progress')
    expect(acknowledged(kept)).toEqual(acknowledged(killed.told))
  }
})

/** Processes that have it in their environment. */
function alive(marker: string): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(marker)
    } catch {
      return false
    }
  })
}
