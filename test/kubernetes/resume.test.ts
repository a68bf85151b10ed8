/** `slipway run`, killed in the middle of a real pod's work at moments that a seed brings again, and `slipway runs resume`, killed too now and then. */
import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Recorded, RunEvent } from '../../src/events/run-event.ts'
import { root } from '../../tools/support/root.ts'
import { tempProject } from '../support/temp-project.ts'
import { clusterNeeds, type KubernetesWorld, kubernetesWorld } from './world.ts'

const seed = Number(process.env['SLIPWAY_SEED'] ?? randomInt(2 ** 31))

/** Numbers from 0 to 1 that a seed brings again. */
function chance(from: number): () => number {
  let state = from >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

const step = (id: string, command: string, more = ''): string =>
  `step: {identifier: ${id}, name: ${id}, type: Run, spec: {shell: Sh, image: "busybox:1.37", command: ${JSON.stringify(`echo ${id} >> counter\n${command}`)}${more}}}`
const count = 'i=0; while [ $i -lt 40 ]; do i=$((i+1)); echo "line $i"; sleep 0.1; done'
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
              - step: {identifier: web, name: web, type: Background, spec: {shell: Sh, image: "busybox:1.37", command: "echo web >> counter; mkdir -p w; echo served > w/index.html; exec httpd -f -p 8099 -h w"}}
              - ${step('first', 'echo "WORD=blue" >> "$DRONE_OUTPUT"; echo "KEY=hidden value" >> "$HARNESS_OUTPUT_SECRET_FILE"; echo "EXPORTED=yes" >> "$DRONE_ENV"', ', outputVariables: [{name: WORD, type: String, value: WORD}, {name: KEY, type: Secret, value: KEY}]')}
              - ${step('talks', count)}
              - parallel:
                  - ${step('a', 'sleep 1; echo a')}
                  - ${step('b', 'sleep 2; echo b')}
              - ${step('uses', 'echo "<+steps.first.output.outputVariables.WORD> $EXPORTED $(wget -q -O - http://localhost:8099)"; test "<+steps.first.output.outputVariables.KEY>" = "hidden value"')}
              - ${step('last', 'sort counter | uniq -c | tr -s " "')}
`
const lines = Array.from({ length: 40 }, (_, i) => `line ${i + 1}\n`).join('')
const outputs: Readonly<Record<string, string>> = {
  's/talks': lines,
  's/a': 'a\n',
  's/b': 'b\n',
  's/uses': 'blue yes served\n',
  's/last': ' 1 a\n 1 b\n 1 first\n 1 last\n 1 talks\n 1 uses\n 1 web\n',
}

interface Moment {
  readonly what: string
  readonly when: (event: RunEvent) => boolean
}

const started = (step: string): Moment => ({ what: `${step} started`, when: (event) => event.kind === 'step.started' && event.step === `s/${step}` })
const finished = (step: string): Moment => ({ what: `${step} ended`, when: (event) => event.kind === 'step.finished' && event.step === `s/${step}` })
const moments: readonly Moment[] = [
  { what: 'the stage started', when: (event) => event.kind === 'stage.started' },
  started('first'),
  finished('first'),
  started('talks'),
  { what: 'talks spoke', when: (event) => event.kind === 'step.output' && event.step === 's/talks' },
  started('b'),
  finished('a'),
  started('uses'),
  finished('last'),
]

describe('a runner that is killed', clusterNeeds, () => {
  let world: KubernetesWorld
  beforeAll(async () => {
    world = await kubernetesWorld()
  })
  afterAll(() => world?.close())

  it('is followed by one that goes on: no step runs twice, no line is missing or told twice', { timeout: 600_000 }, async () => {
    process.stdout.write(`moments of death: SLIPWAY_SEED=${seed}\n`)
    const random = chance(seed)
    for (const [n, moment] of moments.entries()) {
      const { dir } = tempProject({ 'p.yaml': pipeline })
      const env = { PATH: process.env['PATH'], HOME: dir, SLIPWAY_HOME: tempProject().dir, KUBECONFIG: world.kubeconfig }
      const slipway = async (kill: Moment | undefined, ms: number, ...argv: readonly string[]) => {
        const program = ['--disable-warning=ExperimentalWarning', join(root, 'src/main/cli.ts'), ...argv, '--output', 'ndjson']
        const child = spawn(process.execPath, program, { cwd: dir, env, stdio: ['ignore', 'pipe', 'pipe'] })
        const ended = once(child, 'close')
        let errors = ''
        child.stderr.on('data', (chunk: Buffer) => {
          errors += chunk.toString()
        })
        const events: Recorded[] = []
        for await (const line of createInterface({ input: child.stdout })) {
          const recorded = JSON.parse(line) as Recorded
          events.push(recorded)
          if (kill?.when(recorded.event) === true) setTimeout(() => child.kill('SIGKILL'), ms)
        }
        await ended
        return { code: child.exitCode, killed: child.signalCode === 'SIGKILL', events, errors }
      }
      const wait = finished('last').what === moment.what ? 0 : Math.round(random() * 800)
      const first = await slipway(moment, wait, 'run', 'p.yaml', '--on', 'kubernetes')
      expect([moment.what, first.killed, first.errors]).toEqual([moment.what, true, ''])
      const [again] =
        n % 3 === 1 ? [await slipway({ what: 'taken up', when: (event) => event.kind === 'stage.note' }, Math.round(random() * 2000), 'runs', 'resume')] : []
      const { code, events, errors } = again?.killed === false ? again : await slipway(undefined, 0, 'runs', 'resume')
      const notes = events.flatMap(({ event }) => (event.kind === 'stage.note' ? [event.note.code] : []))
      process.stdout.write(
        `killed ${wait} ms after ${moment.what}${again?.killed === true ? ', and again' : ''}: ${code === 0 ? 'passed' : errors} (${notes.join(', ')})\n`,
      )
      expect(code).toBe(0)
      for (const [path, text] of Object.entries(outputs))
        expect([moment.what, path, events.flatMap(({ event }) => (event.kind === 'step.output' && event.step === path ? [event.text] : [])).join('')]).toEqual([
          moment.what,
          path,
          text,
        ])
    }
    for (const deadline = Date.now() + 30_000; Date.now() < deadline; ) {
      const { items } = ((await world.own?.kubectl('GET', '/api/v1/namespaces/default/pods')) ?? { items: [] }) as { readonly items: readonly unknown[] }
      if (items.length === 0) return
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
    throw new Error('a pod was left behind')
  })
})
