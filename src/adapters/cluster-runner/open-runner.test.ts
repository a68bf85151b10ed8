/** A run in a pod, against an API server that follows a script; behind it the real first process of the pod and the real process of the run. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type RunnerPods, runnerPods } from '../../../test/support/kubernetes/scripted/runner-pods.ts'
import { type ScriptedCluster, scriptedCluster } from '../../../test/support/kubernetes/scripted/scripted-cluster.ts'
import { brandAs } from '../../base/brand.ts'
import type { Diagnostic } from '../../base/diagnostic.ts'
import type { SentOrder } from '../../cli/k8s/order.ts'
import type { Recorded, RunId } from '../../events/run-event.ts'
import { systemClock } from '../../main/system-clock.ts'
import type { AnswerRunner, ClusterRunner, RunnerSaid, RunnerWanted } from '../../ports/cluster-runner.ts'
import type { RegistryClient } from '../../registry/client.ts'
import { writeTar } from '../../tar/write-tar.ts'
import { fileItem } from '../infra/docker/keeper-image.ts'
import { openRunner } from './open-runner.ts'

const nobody = { hosts: [], auth: { credentialsFor: async () => undefined } } as unknown as RegistryClient
const { signal } = new AbortController()

let dir: string
let cluster: ScriptedCluster
let pods: RunnerPods

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'slipway-runner-'))
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))
beforeEach(async () => {
  cluster = await scriptedCluster()
  pods = runnerPods(cluster, { dir: mkdtempSync(join(dir, 'pods-')), version: '1.0.0' })
})
afterEach(async () => {
  await pods.close()
  await cluster[Symbol.asyncDispose]()
})

const wanted: RunnerWanted = { image: 'slipway:1', nodeSelector: {}, tolerations: [], initTimeoutMs: 5000, run: 'run', pipeline: 'shop' }

async function opened(more: Partial<RunnerWanted> = {}, answer: AnswerRunner = async () => ({ kind: 'secret', value: undefined }), patienceMs = 60_000) {
  const notes: Diagnostic[] = []
  const needs = {
    dir: join(dir, 'home'),
    version: '1.0.0',
    env: {},
    clock: systemClock,
    connectors: new Map(),
    read: async () => '',
    client: () => nobody,
    access: cluster.access,
    patienceMs,
  }
  const runner = await openRunner({ ...wanted, ...more }, needs, { signal, answer, note: (note) => void notes.push(note) })
  return { runner, notes }
}

function order(command: string, more: Partial<SentOrder> = {}): SentOrder {
  return {
    name: 'p.yaml',
    text: pipelineOf(command),
    inputs: [],
    run: brandAs<RunId>('the-run'),
    sequenceId: 7,
    facts: { flags: {}, variables: {}, sequenceId: 7, executionId: 'the-run', startTs: 1 },
    options: {},
    connectors: new Map(),
    rules: [],
    scan: { scanner: 'osv', maxAgeDays: 30, withoutDatabase: 'error', baselines: new Map() },
    logLimits: {},
    codebase: { branch: 'main' },
    asks: false,
    ...more,
  }
}

function pipelineOf(command: string): string {
  const step = { identifier: 'say', name: 'say', type: 'Run', spec: { shell: 'Sh', command } }
  const spec = { cloneCodebase: true, platform: { os: 'Linux', arch: 'Amd64' }, runtime: { type: 'Cloud', spec: {} }, execution: { steps: [{ step }] } }
  return JSON.stringify({ pipeline: { identifier: 'shop', name: 'shop', stages: [{ stage: { identifier: 'one', name: 'one', type: 'CI', spec } }] } })
}

const code = (files: Readonly<Record<string, string>>) => () =>
  writeTar(
    Object.entries(files).map(([path, text]) => fileItem(path, Buffer.from(text), 0o644)),
    { signal },
  )

async function all(runner: ClusterRunner): Promise<readonly RunnerSaid[]> {
  const said: RunnerSaid[] = []
  for await (const what of runner.said({ signal })) said.push(what)
  return said
}

function output(said: readonly RunnerSaid[]): string {
  const events = said.flatMap((what): readonly Recorded[] => (what.kind === 'event' ? [what.recorded] : []))
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i + 1))
  return events.map(({ event }) => (event.kind === 'step.output' && event.step.endsWith('/say') ? event.text : '')).join('')
}

describe('a run in a pod', () => {
  it('takes the code, tells all that happens once and in order, and leaves no pod', async () => {
    const { runner } = await opened()
    expect(await runner.give('code', code({ 'a.txt': 'sent\n' }), () => undefined, { signal })).toBeGreaterThan(0)
    await runner.start(order('cat a.txt; echo "run <+pipeline.sequenceId> of <+codebase.branch>"'), {}, { signal })
    const said = await all(runner)
    expect(output(said)).toBe('sent\nrun 7 of main\n')
    expect(said.at(-1)).toEqual({ kind: 'ended', code: 0, signal: null })
    await runner.close({ signal })
    expect(cluster.pods.size).toBe(0)
  })

  it('goes on while the line is cut and the API server is away, and nothing is lost or told twice', async () => {
    const { runner } = await opened()
    await runner.give('code', code({}), () => undefined, { signal })
    await runner.start(order('for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo "line $i"; sleep 0.2; done'), {}, { signal })
    const cutting = setInterval(() => pods.lines.at(-1)?.cut(), 400)
    const away = setTimeout(() => void cluster.goAway().then(() => setTimeout(() => void cluster.comeBack(), 700)), 900)
    const said = await all(runner)
    clearInterval(cutting)
    clearTimeout(away)
    expect(output(said)).toBe(Array.from({ length: 12 }, (_, i) => `line ${i + 1}\n`).join(''))
    expect(pods.lines.length).toBeGreaterThan(2)
    await runner.close({ signal })
    expect(cluster.pods.size).toBe(0)
  })

  it('asks for secrets when it needs them, also over a new line, and masks them', async () => {
    const asked: string[] = []
    const answer: AnswerRunner = async (ask) => {
      if (ask.kind === 'secret') asked.push(ask.name)
      pods.lines.at(-1)?.cut()
      return { kind: 'secret', value: 'hidden value' }
    }
    const { runner } = await opened({}, answer)
    await runner.give('code', code({}), () => undefined, { signal })
    await runner.start(
      order(`test "$(echo '<+secrets.getValue("token")>' | tr a-z A-Z)" = 'HIDDEN VALUE' && echo '<+secrets.getValue("token")>'`),
      {},
      { signal },
    )
    const said = await all(runner)
    expect(said.at(-1)).toEqual({ kind: 'ended', code: 0, signal: null })
    expect(JSON.stringify(said)).not.toContain('hidden value')
    expect(new Set(asked)).toEqual(new Set(['token']))
    expect(JSON.stringify([...cluster.pods.values()].map(({ manifest }) => manifest))).not.toContain('hidden')
    await runner.close({ signal })
  })

  it('ends in good order when it is asked to', async () => {
    const { runner } = await opened()
    await runner.give('code', code({}), () => undefined, { signal })
    await runner.start(order('trap "echo bye; exit 0" TERM; echo up; while :; do sleep 0.1; done'), {}, { signal })
    const said: RunnerSaid[] = []
    for await (const what of runner.said({ signal })) {
      said.push(what)
      if (what.kind === 'event' && what.recorded.event.kind === 'step.output' && what.recorded.event.text.includes('up')) runner.stop(false)
    }
    expect(output(said)).toMatch(/^up\n(Terminated\n)?bye\n$/)
    expect(said.at(-1)).toEqual({ kind: 'ended', code: 130, signal: null })
    await runner.close({ signal })
  })

  it('hands files over when the run has ended', async () => {
    const { runner } = await opened()
    const file = join(dir, 'handed')
    await runner.give('code', code({}), () => undefined, { signal })
    await runner.start(order(`head -c 3000000 /dev/zero > ${file}`), {}, { signal })
    await all(runner)
    const body = await runner.fetch(file, { signal })
    expect(Buffer.concat((await body?.toArray()) ?? []).length).toBe(3_000_000)
    expect(await runner.fetch(`${file}-absent`, { signal })).toBeUndefined()
    await runner.close({ signal })
  })

  it('refuses an image of another version', async () => {
    await pods.close()
    pods = runnerPods(cluster, { dir: mkdtempSync(join(dir, 'pods-')), version: '0.9.0' })
    const { runner } = await opened()
    await expect(runner.give('code', code({}), () => undefined, { signal })).rejects.toMatchObject({ code: 'K8S_RUNNER_VERSION' })
    await runner.close({ signal })
    expect(cluster.pods.size).toBe(0)
  })

  it('says what became of the pod', async () => {
    const { runner } = await opened()
    await runner.give('code', code({}), () => undefined, { signal })
    await runner.start(order('sleep 20'), {}, { signal })
    setTimeout(() => cluster.evict(runner.pod, 'The node was low on resource: memory.'), 300)
    await expect(all(runner)).rejects.toMatchObject({ code: 'K8S_POD_LOST', message: expect.stringContaining('low on resource') })
    await runner.close({ signal })
    const starved = await opened({ memory: '1Gi' })
    setTimeout(() => cluster.pods.get(starved.runner.pod)?.containers.get('slipway')?.end(137, 'OOMKilled', ''), 100)
    await expect(all(starved.runner)).rejects.toMatchObject({ code: 'K8S_RUNNER_MEMORY', message: expect.stringContaining('1Gi') })
    await starved.runner.close({ signal })
    expect(cluster.pods.size).toBe(0)
  })

  it('gives up when the cluster stays away', async () => {
    const { runner } = await opened({}, undefined, 1500)
    await runner.give('code', code({}), () => undefined, { signal })
    await runner.start(order('sleep 20'), {}, { signal })
    await cluster.goAway()
    await expect(all(runner)).rejects.toMatchObject({ code: 'K8S_UNREACHABLE' })
    await expect(runner.close({ signal: AbortSignal.timeout(500) })).rejects.toThrow()
    await cluster.comeBack()
  })

  it('says why there is no pod, and leaves none', async () => {
    await expect(opened({ image: 'missing:1' })).rejects.toMatchObject({ code: 'K8S_IMAGE_FAILED' })
    cluster.faults.unschedulable = '0/1 nodes are available'
    await expect(opened({ initTimeoutMs: 200 })).rejects.toMatchObject({ code: 'K8S_INIT_TIMEOUT', message: expect.stringContaining('0/1 nodes') })
    expect(cluster.pods.size).toBe(0)
  })

  it('waits while another run has the claim', async () => {
    const first = await opened({ claim: 'layers' })
    const second = opened({ claim: 'layers' })
    setTimeout(() => void first.runner.close({ signal }), 500)
    const { runner, notes } = await second
    expect(notes.map((note) => note.code)).toEqual(['K8S_CLAIM_BUSY'])
    expect(cluster.pods.get(runner.pod)?.manifest.spec).toMatchObject({ volumes: [{}, { persistentVolumeClaim: { claimName: 'layers' } }] })
    await runner.close({ signal })
  })
})
