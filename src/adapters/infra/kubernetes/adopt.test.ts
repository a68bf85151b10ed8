/** A runner dies, and another one goes on with its pods: against an API server that follows a script. */

import { mkdtempSync, rmSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Manner } from '../../../../test/support/kubernetes/scripted/node.ts'
import { type ScriptedCluster, scriptedCluster } from '../../../../test/support/kubernetes/scripted/scripted-cluster.ts'
import { bareOptions, behaving, outputOf, plainStage, smallImage } from '../../../../test/support/kubernetes/scripted/scripted-stage.ts'
import { brandAs } from '../../../base/brand.ts'
import type { RunId } from '../../../events/run-event.ts'
import type { AdoptedWorkspace, ProcessSpec, RunningStep, StepEnd, Workspace } from '../../../ports/infrastructure.ts'
import { type KubernetesInfrastructure, kubernetesInfra } from './kubernetes-infra.ts'

let cluster: ScriptedCluster
let dir: string
let runners: KubernetesInfrastructure[]

const { signal } = new AbortController()
const opening = { run: brandAs<RunId>('run'), signal, note: () => undefined }
function runner(resumable?: (run: string) => Promise<boolean>): KubernetesInfrastructure {
  const made = kubernetesInfra({ ...bareOptions(cluster.access, join(dir, 'kubernetes')), ...(resumable !== undefined && { resumable }) })
  runners.push(made)
  return made
}

/** Its watches and lines are cut, and nothing is taken away. */
async function killed(workspace: Workspace, by: KubernetesInfrastructure): Promise<void> {
  expect(workspace).toBeDefined()
  await by.close()
}

async function adopted(by = runner()): Promise<AdoptedWorkspace> {
  const workspace = await by.adopt?.(plainStage, opening)
  if (workspace === undefined) throw new Error('nothing is left')
  return workspace
}

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'slipway-adopt-'))
})
beforeEach(async () => {
  runners = []
  cluster = await scriptedCluster()
})
afterEach(async () => {
  for (const one of runners) await one.close()
  await cluster[Symbol.asyncDispose]()
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

async function whole(running: RunningStep): Promise<{ readonly text: string; readonly end: StepEnd }> {
  running.end.catch(() => undefined)
  const text = await outputOf(running)
  return { text, end: await running.end }
}

const said = async (workspace: Workspace, spec: ProcessSpec) => whole(await workspace.start(spec, { signal }))
const containers = () => [...(cluster.pods.values().next().value?.containers.values() ?? [])]
const begun = (): readonly string[] => containers().flatMap(({ name, begun, about }) => (begun ? [`${name} ${about}`] : []))

describe('a runner that dies', () => {
  it('leaves a step that another one hears from the first line to the last', async () => {
    const first = runner()
    const workspace = await first.open(plainStage, opening)
    const spec = behaving('talks', { lines: 200, sleepMs: 300, exit: 7, outputs: { A: 'b' } })
    const running = await workspace.start(spec, { signal })
    for await (const _ of running.output) break
    running.end.catch(() => undefined)
    await killed(workspace, first)
    const again = await adopted()
    expect([...again.begun]).toEqual([['launch/talks', 1]])
    const { text, end } = await said(again, spec)
    expect(text).toBe(Array.from({ length: 200 }, (_, i) => `line ${i + 1}\n`).join(''))
    expect([end.exit, [...end.outputs]]).toEqual([{ kind: 'exited', code: 7 }, [['A', 'b']]])
    expect(begun()).toEqual(['spare-1 1 launch/talks'])
    await again.close({ signal })
    expect(cluster.pods.size).toBe(0)
  })

  it('leaves what ended steps had to hand back', async () => {
    const first = runner()
    const workspace = await first.open(plainStage, opening)
    const spec = behaving('one', { output: 'hello', outputs: { A: 'b' }, writes: { C: 'd' }, hands: { secrets: 'S=hidden\n', env: 'E=f\n' } })
    await said(workspace, spec)
    await killed(workspace, first)
    const again = await adopted()
    const { text, end } = await said(again, spec)
    expect([text, end.exit, [...end.outputs]]).toEqual(['hello\n', { kind: 'exited', code: 0 }, [['A', 'b']]])
    expect(end.handed).toEqual({ outputs: 'C=d\n', secrets: 'S=hidden\n', env: 'E=f\n' })
    expect((await said(again, behaving('two', { output: 'next' }))).text).toBe('next\n')
    expect(begun()).toEqual(['spare-1 1 launch/one', 'spare-2 2 launch/two'])
    await again.close({ signal })
  })

  it('leaves the tries of a step in their order', async () => {
    const first = runner()
    const workspace = await first.open(plainStage, opening)
    await said(workspace, behaving('flaky', { output: 'first', exit: 1 }))
    await said(workspace, behaving('other', { output: 'other' }))
    const running = await workspace.start(behaving('flaky', { output: 'second', sleepMs: 200 }), { signal })
    running.end.catch(() => undefined)
    await killed(workspace, first)
    const again = await adopted()
    const flaky = behaving('flaky', { output: 'never begun' })
    expect([...again.begun]).toEqual([
      ['launch/flaky', 2],
      ['launch/other', 1],
    ])
    expect((await said(again, flaky)).end.exit).toEqual({ kind: 'exited', code: 1 })
    expect(await said(again, flaky)).toMatchObject({ text: 'second\n', end: { exit: { kind: 'exited', code: 0 } } })
    expect((await said(again, behaving('other', {}))).text).toBe('other\n')
    expect(begun()).toHaveLength(3)
    await again.close({ signal })
  })

  it('leaves steps side by side, and a service', async () => {
    const first = runner()
    const workspace = await first.open(plainStage, opening)
    const names = ['a', 'b', 'web']
    const manner = (name: string): Manner => ({ output: name, sleepMs: name === 'web' ? 60_000 : 400 })
    for (const name of names) (await workspace.start(behaving(name, manner(name)), { signal })).end.catch(() => undefined)
    await killed(workspace, first)
    const again = await adopted()
    const running = await Promise.all(names.map((name) => again.start(behaving(name, manner(name)), { signal })))
    const [a, b] = await Promise.all(running.slice(0, 2).map(whole))
    expect([a?.text, b?.text]).toEqual(['a\n', 'b\n'])
    const web = running[2]
    const probe = await again.start(behaving('web.ready', {}, { beside: 'launch/web' }), { signal })
    expect((await whole(probe)).end.exit).toEqual({ kind: 'exited', code: 0 })
    expect(begun()).toHaveLength(3)
    await again.close({ signal })
    expect((await web?.end)?.exit.kind).toBe('killed')
  })

  it('leaves a step that was not begun, which is begun then', async () => {
    const first = runner()
    const workspace = await first.open(plainStage, opening)
    await killed(workspace, first)
    const again = await adopted()
    expect(again.begun.size).toBe(0)
    expect((await said(again, behaving('one', { output: 'hello' }))).text).toBe('hello\n')
    await again.close({ signal })
  })

  it('leaves files of a step that nobody let go: it is let go then, once, in the same container', async () => {
    cluster.faults.cutBeforeGo = 1
    const first = runner()
    const workspace = await first.open(plainStage, opening)
    const dies = new AbortController()
    const starting = workspace.start(behaving('one', { output: 'hello' }), { signal: dies.signal }).catch(() => undefined)
    while (!containers().some(({ about }) => about !== undefined)) await new Promise((resolve) => setTimeout(resolve, 2))
    dies.abort()
    await starting
    await killed(workspace, first)
    expect(begun()).toEqual([])
    const again = await adopted()
    expect(again.begun.size).toBe(0)
    expect((await said(again, behaving('other', { output: 'other' }))).text).toBe('other\n')
    expect((await said(again, behaving('one', { output: 'hello' }))).text).toBe('hello\n')
    expect(begun()).toEqual(['spare-1 1 launch/one', 'spare-2 2 launch/other'])
    await again.close({ signal })
  })

  it('leaves a late image as it is where its step has begun, and where it has not', async () => {
    const late = { image: { ...smallImage, reference: 'other:2' } }
    const first = runner()
    const workspace = await first.open(plainStage, opening)
    const running = await workspace.start(behaving('one', { output: 'hello', sleepMs: 300 }, late), { signal })
    running.end.catch(() => undefined)
    await killed(workspace, first)
    const second = runner()
    const again = await adopted(second)
    expect((await said(again, behaving('one', {}, late))).text).toBe('hello\n')
    expect(containers().find(({ name }) => name === 'spare-1')).toMatchObject({ image: 'other:2', starts: 2 })
    // The patch was made, and its step has no files yet.
    cluster.faults.cutBeforeGo = 1
    const dies = new AbortController()
    const starting = again.start(behaving('two', { output: 'two' }, late), { signal: dies.signal }).catch(() => undefined)
    while (containers().find(({ name }) => name === 'spare-2')?.about === undefined) await new Promise((resolve) => setTimeout(resolve, 2))
    dies.abort()
    await starting
    await killed(again, second)
    const third = await adopted()
    expect((await said(third, behaving('two', { output: 'two' }, late))).text).toBe('two\n')
    expect(containers().find(({ name }) => name === 'spare-2')).toMatchObject({ image: 'other:2', starts: 2 })
    await third.close({ signal })
  })

  it('leaves the files of the workspace where they are: nothing is sent over them', async () => {
    const first = runner()
    const workspace = await first.open(plainStage, opening)
    await writeFile(workspace.hostPath('a'), 'old')
    await said(workspace, behaving('one', {}))
    await killed(workspace, first)
    const again = await adopted()
    const sent = cluster.requests.get('EXEC') ?? 0
    await said(again, behaving('one', {}))
    // Nothing but what it has left is asked for: no files go there.
    expect((cluster.requests.get('EXEC') ?? 0) - sent).toBe(0)
    await expect(readFile(again.hostPath('a'))).rejects.toThrow('ENOENT')
    await again.bringHere?.({ signal })
    expect((cluster.requests.get('EXEC') ?? 0) - sent).toBe(1)
    await again.close({ signal })
  })

  it('leaves nothing where its pod is gone, or on its way out', async () => {
    const first = runner()
    const workspace = await first.open(plainStage, opening)
    await killed(workspace, first)
    cluster.deletePod([...cluster.pods.keys()][0] ?? '')
    expect(await runner().adopt?.(plainStage, opening)).toBeUndefined()
  })

  it('leaves nothing to another run or another stage', async () => {
    const first = runner()
    await killed(await first.open(plainStage, opening), first)
    expect(await runner().adopt?.(plainStage, { ...opening, run: brandAs<RunId>('another') })).toBeUndefined()
    expect(await runner().adopt?.({ ...plainStage, path: 'launch_2' }, opening)).toBeUndefined()
    await (await adopted()).close({ signal })
  })

  it('may be followed by one that dies too', async () => {
    const spec = behaving('talks', { lines: 300, sleepMs: 200 })
    const first = runner()
    const workspace = await first.open(plainStage, opening)
    ;(await workspace.start(spec, { signal })).end.catch(() => undefined)
    await killed(workspace, first)
    const second = runner()
    const middle = await adopted(second)
    const running = await middle.start(spec, { signal })
    for await (const _ of running.output) break
    running.end.catch(() => undefined)
    await killed(middle, second)
    const third = await adopted()
    expect((await said(third, spec)).text.split('\n')).toHaveLength(301)
    expect(begun()).toHaveLength(1)
    await third.close({ signal })
  })
})

describe('pods of runners that died', () => {
  const left = async (): Promise<void> => {
    const first = runner()
    await killed(await first.open(plainStage, opening), first)
    const [pod] = cluster.pods.values()
    if (pod === undefined) throw new Error('there is no pod')
    // As nobody is.
    const labels = { ...pod.manifest.metadata.labels, 'slipway.dev/owner': '1.1' }
    pod.manifest = { ...pod.manifest, metadata: { ...pod.manifest.metadata, labels } }
  }
  const next = async (resumable?: (run: string) => Promise<boolean>): Promise<void> => {
    const workspace = await runner(resumable).open({ ...plainStage, path: 'other' }, { ...opening, run: brandAs<RunId>('next') })
    await workspace.close({ signal })
  }

  it('stay for those who go on with the run, and go when nobody will', async () => {
    await left()
    const asked: string[] = []
    await next(async (run) => {
      asked.push(run)
      return true
    })
    expect([asked, cluster.pods.size]).toEqual([['run'], 1])
    await next(async () => false)
    expect(cluster.pods.size).toBe(0)
  })
})
