/** `slipway runs resume`: the real program, killed in the middle of a run whose stages are pods, and another one that goes on with it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Recorded } from '../../src/events/run-event.ts'
import { root } from '../../tools/support/root.ts'
import type { Manner } from '../support/kubernetes/scripted/node.ts'
import { type ScriptedCluster, scriptedCluster } from '../support/kubernetes/scripted/scripted-cluster.ts'
import { slipwayHere } from '../support/slipway-here.ts'
import { type TempProject, tempProject } from '../support/temp-project.ts'

function step(id: string, manner: Manner): string {
  return `- step: {identifier: ${id}, name: ${id}, type: Plugin, spec: {image: "busybox:1.37", entrypoint: [behave, ${JSON.stringify(JSON.stringify(manner))}]}}\n`
}

function stage(id: string, ...steps: readonly string[]): string {
  return `    - stage:\n        identifier: ${id}\n        name: ${id}\n        type: CI\n        spec:\n          platform: {os: Linux}\n          execution:\n            steps:\n${steps.join('').trim().replace(/^/gm, '              ')}\n`
}

const pipeline = (...stages: readonly string[]): string => `pipeline:\n  identifier: p\n  name: p\n  stages:\n${stages.join('')}`
const shown = '<+steps.first.output.outputVariables.WORD> of <+pipeline.sequenceId>'
const two = pipeline(
  stage('one', step('zero', { output: 'zero' })),
  stage(
    'two',
    step('first', { output: 'first', writes: { WORD: 'blue' }, hands: { secrets: 'KEY=hidden-value\n' } }),
    step('talks', { lines: 300, sleepMs: 200 }),
    step('last', { output: shown }),
  ),
)

let cluster: ScriptedCluster
let here: TempProject
let env: Readonly<Record<string, string>>
let children: ChildProcess[]

beforeEach(async () => {
  children = []
  cluster = await scriptedCluster()
  here = tempProject()
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server: cluster.access.server } }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'c',
    users: [{ name: 'u', user: {} }],
  }
  here.write({ 'p.yaml': two, 'kube.json': JSON.stringify(config) })
  env = { PATH: process.env['PATH'] ?? '', HOME: here.dir, SLIPWAY_HOME: tempProject().dir, KUBECONFIG: here.path('kube.json') }
})
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL')
  await cluster[Symbol.asyncDispose]()
})

/** Killed as soon as an event is told that fulfils the condition, or so much later. */
async function killedAt(when: (event: Recorded['event']) => boolean, laterMs: number, ...argv: readonly string[]): Promise<readonly Recorded[]> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', join(root, 'src/main/cli.ts'), ...argv, '--output', 'ndjson'], {
    cwd: here.dir,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  const ended = once(child, 'close')
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
  })
  const told: Recorded[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    const recorded = JSON.parse(line) as Recorded
    told.push(recorded)
    if (when(recorded.event)) setTimeout(() => child.kill('SIGKILL'), laterMs)
  }
  await ended
  if (child.signalCode !== 'SIGKILL') throw new Error(`it was not killed: ${errors}`)
  return told
}

const slipway = (...argv: readonly string[]) => slipwayHere(here.dir, env, ...argv)

async function resume(...argv: readonly string[]) {
  const { code, out, err } = await slipway('runs', 'resume', '--json', ...argv)
  const events = out.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Recorded]))
  return { code, err, events }
}

const textOf = (events: readonly Recorded[], step: string): string =>
  events.flatMap(({ event }) => (event.kind === 'step.output' && event.step === step ? [event.text] : [])).join('')
const lines = Array.from({ length: 300 }, (_, i) => `line ${i + 1}\n`).join('')
const outputs = { 'one/zero': 'zero\n', 'two/first': 'first\n', 'two/talks': lines, 'two/last': 'blue of 1\n' }

const moments: Readonly<Record<string, (event: Recorded['event']) => boolean>> = {
  'a stage begins': (event) => event.kind === 'stage.started' && event.stage === 'two',
  'a step has ended': (event) => event.kind === 'step.finished' && event.step === 'two/first',
  'a step begins': (event) => event.kind === 'step.started' && event.step === 'two/talks',
  'a step is at work': (event) => event.kind === 'step.output' && event.step === 'two/talks',
  'all steps have ended': (event) => event.kind === 'step.finished' && event.step === 'two/last',
}

describe('slipway runs resume', () => {
  it.each(Object.entries(moments))('goes on where the runner died as %s', { timeout: 60_000 }, async (name, when) => {
    // One that is on its way out is nobody's any more.
    cluster.faults.goingMs = 200
    for (const laterMs of name === 'a step is at work' ? [0, 40] : [0]) {
      const pods = new Set<unknown>()
      const before = await killedAt(when, laterMs, 'run', 'p.yaml', '--on', 'kubernetes')
      for (const pod of cluster.pods.values()) pods.add(pod)
      const { code, err, events } = await resume()
      for (const pod of cluster.pods.values()) pods.add(pod)
      expect([code, err, [...cluster.pods.values()].filter(({ ending }) => ending === undefined)]).toEqual([0, '', []])
      expect(new Set(events.map(({ run }) => run))).toEqual(new Set(before.map(({ run }) => run)))
      const number = (events[0]?.event.kind === 'run.started' && events[0].event.sequenceId) || 0
      for (const [path, text] of Object.entries(outputs)) expect([path, textOf(events, path)]).toEqual([path, text.replace('of 1', `of ${number}`)])
      for (const path of Object.keys(outputs)) {
        const told = events.flatMap(({ event }) => ('step' in event && event.step === path && event.kind !== 'step.output' ? [event.kind] : []))
        expect([path, told.filter((kind) => kind === 'step.started').length, told.filter((kind) => kind === 'step.finished').length]).toEqual([path, 1, 1])
      }
      expect(events.flatMap(({ event }) => (event.kind === 'step.outputs' ? event.outputs.map(({ name, value }) => `${name}=${value}`) : []))).toEqual([
        'WORD=blue',
        'KEY=********',
      ])
      expect(events.map(({ seq }) => seq)).toEqual(events.map(({ seq }) => seq).toSorted((a, b) => a - b))
      // What is kept is what was told.
      const logs = await slipway('runs', 'logs', 'last', 'two/talks')
      expect(logs.out).toBe(lines)
      expect((await slipway('runs', 'list', '--json')).out).toContain('"passed"')
      for (const pod of pods) expect(aboutOf(pod)).toEqual([...new Set(aboutOf(pod))])
    }
  })

  it('goes on with what went on and died again', { timeout: 60_000 }, async () => {
    await killedAt(moments['a step begins'] as never, 0, 'run', 'p.yaml', '--on', 'kubernetes')
    await killedAt((event) => event.kind === 'stage.note', 30, 'runs', 'resume')
    const { code, events } = await resume()
    expect(code).toBe(0)
    for (const [path, text] of Object.entries(outputs)) expect([path, textOf(events, path)]).toEqual([path, text])
  })

  it('begins a stage again whose pod is gone, and says so', { timeout: 60_000 }, async () => {
    await killedAt(moments['a step is at work'] as never, 0, 'run', 'p.yaml', '--on', 'kubernetes')
    for (const name of [...cluster.pods.keys()]) cluster.deletePod(name)
    const { code, events } = await resume()
    expect(code).toBe(0)
    expect(events.flatMap(({ event }) => (event.kind === 'stage.note' ? [`${event.stage} ${event.note.code}`] : []))).toContain('two STAGE_BEGUN_AGAIN')
    expect(textOf(events, 'two/last')).toBe('blue of 1\n')
  })

  it('tells of it once, in the list until it is done, and says why not', { timeout: 60_000 }, async () => {
    const said = async (...argv: readonly string[]) => {
      const { code, err } = await slipway('runs', 'resume', ...argv)
      return `${code} ${err}`
    }
    expect(await said()).toMatch(/^1 error: .*\[RUN_NONE_INTERRUPTED\]/)
    const told = await killedAt(moments['a step is at work'] as never, 0, 'run', 'p.yaml', '--on', 'kubernetes')
    const id = told[0]?.run ?? ''
    const [first, second] = [await slipway('runs', 'list'), await slipway('runs', 'list')]
    expect(first.err).toContain('RUN_INTERRUPTED')
    expect(first.err).toContain(`slipway runs resume ${id}`)
    expect(second.err).toBe('')
    expect(second.out).toContain(`slipway runs resume ${id}\n`)
    here.write({ 'p.yaml': `${two}\n# changed\n` })
    expect(await said(id)).toMatch(/^1 error: .*\[RESUME_TEXT_CHANGED\]/)
    here.write({ 'p.yaml': two })
    const both = await Promise.all([resume(id), resume(id)])
    expect(both.map(({ code }) => code).toSorted()).toEqual([0, 1])
    expect(both.map(({ err }) => err).join('')).toContain('[RUN_AT_WORK]')
    expect(await said(id)).toMatch(/^1 error: .*\[RUN_ENDED\]/)
    expect((await slipway('runs', 'list')).out).not.toContain('resume')
  })

  it('has nothing to go on with where all that was begun ran on this machine', { timeout: 60_000 }, async () => {
    const sleeps = '- step: {identifier: a, name: a, type: Run, spec: {shell: Sh, command: "echo up; sleep 60"}}\n'
    here.write({ 'p.yaml': pipeline(stage('one', sleeps)) })
    await killedAt((event) => event.kind === 'step.output', 0, 'run', 'p.yaml')
    expect((await slipway('runs', 'list')).err).toBe('')
    const { code, err } = await slipway('runs', 'resume')
    expect([code, err]).toEqual([1, expect.stringContaining('RUN_NOTHING_LEFT')])
  })
})

/** The steps that were begun in a pod. */
function aboutOf(pod: unknown): readonly string[] {
  const { containers } = pod as { readonly containers: Map<string, { readonly begun: boolean; readonly about?: string }> }
  return [...containers.values()].flatMap(({ begun, about = '' }) => (begun ? [about.replace(/^\d+ /, '')] : []))
}
