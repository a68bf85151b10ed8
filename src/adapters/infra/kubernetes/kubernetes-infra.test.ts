/** Stages as pods, against an API server that follows a script: in every run, with faults that a real one has once a month. */

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type ScriptedCluster, scriptedCluster } from '../../../../test/support/kubernetes/scripted/scripted-cluster.ts'
import { bareOptions, behaving, outputOf, plainStage, smallImage } from '../../../../test/support/kubernetes/scripted/scripted-stage.ts'
import { brandAs } from '../../../base/brand.ts'
import type { RunId } from '../../../events/run-event.ts'
import { infrastructureContract } from '../../../ports/infrastructure.contract.ts'
import type { Workspace } from '../../../ports/infrastructure.ts'
import { type KubernetesInfrastructure, kubernetesInfra } from './kubernetes-infra.ts'

let cluster: ScriptedCluster
let dir: string
let infra: KubernetesInfrastructure

const signal = new AbortController().signal
function make(): KubernetesInfrastructure {
  return kubernetesInfra(bareOptions(cluster.access, join(dir, 'kubernetes')))
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'slipway-kubernetes-'))
})
beforeEach(async () => {
  cluster = await scriptedCluster()
  infra = make()
})
afterEach(async () => {
  await infra.close()
  await cluster[Symbol.asyncDispose]()
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

async function opened(): Promise<Workspace> {
  return infra.open(plainStage, { run: brandAs<RunId>('run'), signal, note: () => undefined })
}

const podNow = (): string => [...cluster.pods.keys()][0] ?? ''

infrastructureContract(async () => ({
  infrastructure: infra,
  step: (behaviour) => ({ start: { kind: 'program', argv: ['behave', JSON.stringify(behaviour)] }, env: new Map(), image: smallImage }),
}))

describe('a stage as a pod', () => {
  it('leaves nothing in the cluster', async () => {
    const workspace = await opened()
    expect(cluster.pods.size).toBe(1)
    await workspace.close({ signal })
    expect(cluster.pods.size).toBe(0)
  })

  it('puts another image in, when that is only known as the step starts', async () => {
    const workspace = await opened()
    const running = await workspace.start(behaving('one', { output: 'hello' }, { image: { ...smallImage, reference: 'other:2' } }), { signal })
    expect(await outputOf(running)).toBe('hello\n')
    expect(cluster.requests.get('PATCH pods/NAME')).toBe(1)
    await workspace.close({ signal })
  })

  it('tells want of memory from any other end', async () => {
    const workspace = await opened()
    const running = await workspace.start(behaving('big', { oom: true }), { signal })
    await outputOf(running)
    expect((await running.end).exit).toEqual({ kind: 'out-of-memory' })
    await workspace.close({ signal })
  })

  it('says in the words of the node why an image cannot be had', async () => {
    const workspace = await opened()
    const missing = { ...smallImage, reference: 'missing:1' }
    await expect(workspace.start(behaving('one', {}, { image: missing }), { signal })).rejects.toMatchObject({
      code: 'K8S_IMAGE_FAILED',
      message: expect.stringContaining('failed to resolve reference'),
    })
    await workspace.close({ signal })
  })

  it('says whose right is missing for what', async () => {
    cluster.faults.forbidden = 'POST pods'
    await expect(opened()).rejects.toMatchObject({
      code: 'K8S_FORBIDDEN',
      message: expect.stringContaining('does not allow to create pods in the namespace default'),
    })
  })

  it('says that a quota is used up, in the words of the cluster', async () => {
    cluster.faults.quota = true
    await expect(opened()).rejects.toMatchObject({ code: 'K8S_REFUSED', message: expect.stringContaining('exceeded quota: small') })
  })

  it('gives up after initTimeout, and says what it waited for', async () => {
    cluster.faults.unschedulable = '0/3 nodes are available: 3 Insufficient memory.'
    const kubernetes = {
      about: {},
      labels: {},
      annotations: {},
      nodeSelector: {},
      security: {},
      tolerations: [],
      volumes: [],
      hostNames: [],
      initTimeoutMs: 100,
    }
    const notes: string[] = []
    const opening = { run: brandAs<RunId>('run'), signal, note: ({ code }: { code: string }) => void notes.push(code) }
    const slow = { ...plainStage, infrastructure: { ...plainStage.infrastructure, kubernetes } }
    await expect(infra.open(slow, opening)).rejects.toMatchObject({
      code: 'K8S_INIT_TIMEOUT',
      message: expect.stringMatching(/initTimeout.*Insufficient memory/),
    })
    expect(notes).toContain('K8S_UNSCHEDULED')
    expect(cluster.pods.size).toBe(0)
  })

  it('has no container for more steps than it was made for', async () => {
    const workspace = await opened()
    const all = ['a', 'b', 'c', 'd'].map((name) => workspace.start(behaving(name, {}), { signal }))
    await Promise.all((await Promise.all(all)).map(outputOf))
    await expect(workspace.start(behaving('e', {}), { signal })).rejects.toMatchObject({ code: 'K8S_NO_CONTAINER' })
    await workspace.close({ signal })
  })
})

describe('faults of the line and of the cluster', () => {
  const text = (lines: number): string => Array.from({ length: lines }, (_, i) => `line ${i + 1}\n`).join('')

  it('reads a log that is cut again and again to its last line, none of them twice', async () => {
    cluster.faults.cutLogsAfter = 777
    const workspace = await opened()
    const running = await workspace.start(behaving('talks', { lines: 400 }), { signal })
    expect(await outputOf(running)).toBe(text(400))
    await workspace.close({ signal })
  }, 60_000)

  it('goes on when the server was away', async () => {
    const workspace = await opened()
    const running = await workspace.start(behaving('talks', { lines: 300, exit: 7 }), { signal })
    setTimeout(() => void cluster.goAway().then(() => setTimeout(() => void cluster.comeBack(), 1500)), 100)
    expect(await outputOf(running)).toBe(text(300))
    expect((await running.end).exit).toEqual({ kind: 'exited', code: 7 })
    await workspace.close({ signal })
  }, 60_000)

  it('begins anew where its version of the world is gone', async () => {
    cluster.faults.gone = 3
    const workspace = await opened()
    const running = await workspace.start(behaving('one', { output: 'hello', sleepMs: 300 }), { signal })
    expect(await outputOf(running)).toBe('hello\n')
    expect((await running.end).exit).toEqual({ kind: 'exited', code: 0 })
    await workspace.close({ signal })
  })

  it('is not confused by what it is told twice', async () => {
    cluster.faults.duplicates = true
    const workspace = await opened()
    const running = await workspace.start(behaving('one', { outputs: { A: 'b' }, exit: 3 }), { signal })
    await outputOf(running)
    const end = await running.end
    expect([end.exit, [...end.outputs]]).toEqual([{ kind: 'exited', code: 3 }, [['A', 'b']]])
    await workspace.close({ signal })
  })

  it('says so when somebody deletes the pod', async () => {
    const workspace = await opened()
    const running = await workspace.start(behaving('slow', { sleepMs: 60_000 }), { signal })
    cluster.deletePod(podNow())
    await outputOf(running)
    await expect(running.end).rejects.toMatchObject({ code: 'K8S_POD_LOST' })
    await workspace.close({ signal })
  })

  it('says so when the node evicts the pod', async () => {
    const workspace = await opened()
    const running = await workspace.start(behaving('slow', { sleepMs: 60_000 }), { signal })
    cluster.evict(podNow(), 'The node was low on resource: ephemeral-storage.')
    await outputOf(running)
    await expect(running.end).rejects.toMatchObject({ code: 'K8S_POD_LOST', message: expect.stringContaining('low on resource') })
    await workspace.close({ signal })
  })
})

describe('1,000 stages at once', () => {
  it('need little memory, and ask little of the server for each of them', { timeout: 120_000 }, async () => {
    const program = fileURLToPath(new URL('../../../../test/support/kubernetes/scripted/many-stages.ts', import.meta.url))
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, cluster.access.server, '1000'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const said = JSON.parse(Buffer.concat(await child.stdout.toArray()).toString()) as {
      peakMegabytes: number
      requestsPerPod: number
      asked: Record<string, number>
    }
    process.stdout.write(
      `1,000 stages: ${said.peakMegabytes} MB at most, ${said.requestsPerPod} requests per pod (${Object.entries(said.asked)
        .map(([what, n]) => `${what} ${n}`)
        .join(', ')})\n`,
    )
    expect(said.peakMegabytes).toBeLessThan(300)
    expect(said.requestsPerPod).toBeLessThan(10)
    expect(cluster.pods.size).toBe(0)
  })
})
