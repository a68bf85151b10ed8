/** Infrastructure kubernetes against a real API server, scheduler and kubelet. */
import { writeFile } from 'node:fs/promises'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { brandAs } from '../../src/base/brand.ts'
import type { Diagnostic } from '../../src/base/diagnostic.ts'
import { known } from '../../src/base/planned.ts'
import type { RunId } from '../../src/events/run-event.ts'
import type { StagePlan } from '../../src/plan/plan.ts'
import { infrastructureContract } from '../../src/ports/infrastructure.contract.ts'
import type { Workspace } from '../../src/ports/infrastructure.ts'
import { secretValue } from '../../src/ports/secret-source.ts'
import { stageWith } from '../support/kubernetes/scripted/scripted-stage.ts'
import { clusterNeeds, type KubernetesWorld, kubernetesWorld, plainStage, said, script, smallImage } from './world.ts'

const { signal } = new AbortController()

describe('infrastructure kubernetes', clusterNeeds, () => {
  let world: KubernetesWorld
  const notes: Diagnostic[] = []
  beforeAll(async () => {
    world = await kubernetesWorld()
  })
  afterAll(() => world?.close())

  const opened = (stage: StagePlan = plainStage, o: Parameters<KubernetesWorld['infra']>[0] = {}): Promise<Workspace> =>
    world.infra(o).open(stage, { run: brandAs<RunId>('run'), signal, note: (note) => void notes.push(note) })
  const pods = async (): Promise<readonly { metadata: { name: string } }[]> =>
    ((await world.own?.kubectl('GET', '/api/v1/namespaces/default/pods')) as { items: { metadata: { name: string } }[] } | undefined)?.items ?? []

  infrastructureContract(async () => ({
    infrastructure: world.infra(),
    step: ({ output, exit = 0, sleepMs = 0, outputs = {}, writes = {} }) => {
      const set = Object.entries(outputs).map(([name, value]) => `${name}='${value}'`)
      const write = Object.entries(writes).map(([name, value]) => `echo '${name}=${value}' >> "$DRONE_OUTPUT"`)
      const lines = [...(output === undefined ? [] : [`echo '${output}'`]), ...set, ...write, `sleep ${sleepMs / 1000}`, `exit ${exit}`]
      return { start: { kind: 'script', shell: 'Sh', script: lines.join('\n') }, env: new Map(), image: smallImage }
    },
  }))

  it('runs steps in order in one workspace, whoever they are, and leaves nothing', async () => {
    const workspace = await opened()
    expect(await said(await workspace.start(script('a', 'id -u; pwd; echo from a > file; echo "$OF_THE_IMAGE"'), { signal }))).toBe('1000\n/harness\nyes\n')
    expect(await said(await workspace.start(script('b', 'cat file'), { signal }))).toBe('from a\n')
    await workspace.close({ signal })
    expect(await pods()).toEqual([])
  })

  it('keeps secrets out of the manifest and of the command line', async () => {
    const workspace = await opened()
    const spec = script('a', 'test "$TOKEN" = "hidden value" && tr "\\0" " " < /proc/1/cmdline', {
      env: new Map([['TOKEN', secretValue('token', 'hidden value')]]),
    })
    expect(await said(await workspace.start(spec, { signal }))).not.toContain('hidden')
    expect(JSON.stringify(await pods())).not.toContain('hidden')
    await workspace.close({ signal })
  })

  it('has every line of a long log, to the last', async () => {
    const workspace = await opened()
    const text = await said(await workspace.start(script('a', 'i=0; while [ $i -lt 20000 ]; do i=$((i+1)); echo "line $i"; done; printf "no end"'), { signal }))
    expect(text).toBe(`${Array.from({ length: 20_000 }, (_, i) => `line ${i + 1}\n`).join('')}no end`)
    const long = await said(await workspace.start(script('b', 'head -c 50000 /dev/zero | tr "\\0" x; echo; echo end'), { signal }))
    expect(long).toBe(`${'x'.repeat(50_000)}\nend\n`)
    await workspace.close({ signal })
  })

  it('tells want of memory, a signal, and a program that is not there', async () => {
    const run = {
      kind: 'run',
      start: { kind: 'program' },
      image: { reference: known('busybox:1.37'), memory: known('20Mi'), cpu: known('400m') },
      env: {},
      outputs: [],
    } as const
    const at = { file: 'p', start: 0, end: 0, line: 1, col: 1 } as unknown as NonNullable<Diagnostic['at']>
    const step = {
      kind: 'step',
      path: 'launch/big',
      identifier: 'big',
      name: 'big',
      type: 'Run',
      does: '',
      when: { status: 'Success' },
      work: run,
      at,
    } as const
    const workspace = await opened({ ...plainStage, steps: [step] })
    const limits = { memoryBytes: 20 * 2 ** 20, cpus: 0.4 }
    const big = await workspace.start(script('big', 'tail -c 100000000 /dev/zero', { image: { ...smallImage, limits } }), { signal })
    await said(big)
    expect((await big.end).exit).toEqual({ kind: 'out-of-memory' })
    const killed = await workspace.start(script('b', 'kill -9 $$'), { signal })
    await said(killed)
    expect((await killed.end).exit).toEqual({ kind: 'killed', signal: 'SIGKILL' })
    const absent = await workspace.start(script('c', '', { start: { kind: 'program', argv: ['no-such-program'] } }), { signal })
    await said(absent)
    await expect(absent.end).rejects.toMatchObject({ code: 'STEP_PROGRAM_MISSING' })
    await workspace.close({ signal })
  })

  it('puts another image in, when that is only known as the step starts', async () => {
    const workspace = await opened()
    const image = { ...smallImage, reference: 'busybox:other' }
    expect(await said(await workspace.start(script('a', 'echo "$OTHER"', { image }), { signal }))).toBe('yes\n')
    await workspace.close({ signal })
  })

  it('is taken up by another runner, with an image that came late', async () => {
    const first = world.infra()
    const opening = { run: brandAs<RunId>('taken-up'), signal, note: () => undefined }
    const workspace = await first.open(plainStage, opening)
    const image = { ...smallImage, reference: 'busybox:other' }
    const spec = script('a', 'echo a >> times; echo "$OTHER"; sleep 4; echo end; exit 3', { image })
    const lost = await workspace.start(spec, { signal })
    lost.end.catch(() => undefined)
    // Its lines are cut, and nothing is taken away.
    await first.close()
    const again = await world.infra().adopt?.(plainStage, opening)
    if (again === undefined) throw new Error('nothing is left')
    expect([...again.begun]).toEqual([['launch/a', 1]])
    const running = await again.start(spec, { signal })
    expect(await said(running)).toBe('yes\nend\n')
    expect((await running.end).exit).toEqual({ kind: 'exited', code: 3 })
    expect(await said(await again.start(script('b', 'cat times'), { signal }))).toBe('a\n')
    await again.close({ signal })
    expect(await pods()).toEqual([])
  })

  it('says which image the node cannot get', async () => {
    const workspace = await opened()
    const image = { ...smallImage, reference: 'registry.invalid/nothing:1' }
    await workspace.close({ signal })
    const hasty = await opened(stageWith({ initTimeoutMs: 25_000 }))
    await expect(hasty.start(script('a', 'true', { image }), { signal })).rejects.toMatchObject({
      code: 'K8S_IMAGE_FAILED',
      message: expect.stringMatching(/Failed to pull image "registry\.invalid\/nothing:1": .*registry\.invalid/),
    })
    await hasty.close({ signal })
  })

  it('says that the pod cannot take a file, and waits for nothing', async () => {
    const workspace = await opened(stageWith({ runAsUser: known('1000') }))
    const first = await workspace.start(script('a', 'mkdir closed && chmod 555 closed'), { signal })
    await said(first)
    await first.end
    await workspace.bringHere?.({ signal })
    // More than a pipe and a line hold.
    await writeFile(workspace.hostPath('closed/file'), Buffer.alloc(8_000_000, 'x'))
    await expect(workspace.start(script('b', 'true'), { signal })).rejects.toMatchObject({ code: 'K8S_EXEC_FAILED', message: expect.stringMatching(/closed/) })
    await workspace.close({ signal })
  })

  it('has services on localhost, and knows when they answer', async () => {
    const workspace = await opened()
    const service = await workspace.start(script('web', 'mkdir -p w; echo hello > w/index.html; exec httpd -f -p 8099 -h w'), { signal })
    const log = said(service)
    while (!(await workspace.answers(8099, { signal })));
    const probe = await workspace.start(script('web.ready', 'wget -q -O - http://127.0.0.1:8099', { beside: 'launch/web' }), { signal })
    expect(await said(probe)).toBe('hello\n')
    expect((await probe.end).exit).toEqual({ kind: 'exited', code: 0 })
    expect(await said(await workspace.start(script('use', 'wget -q -O - http://localhost:8099'), { signal }))).toBe('hello\n')
    await workspace.close({ signal })
    await log
  })

  it('is ended politely, and for good after its grace', async () => {
    const workspace = await opened()
    const abort = new AbortController()
    const polite = await workspace.start(script('a', 'trap "echo bye; exit 4" TERM; echo up; while :; do sleep 0.1; done'), { signal: abort.signal })
    const stubborn = await workspace.start(script('b', 'trap "" TERM; echo up; while :; do sleep 0.1; done'), { signal: abort.signal })
    setTimeout(() => abort.abort(), 3000)
    // The shell says that what it waited for was ended, on its other stream.
    expect(await said(polite)).toMatch(/^up\n(Terminated\n)?bye\n(Terminated\n)?$/)
    expect((await polite.end).exit).toEqual({ kind: 'exited', code: 4 })
    await said(stubborn)
    expect((await stubborn.end).exit).toEqual({ kind: 'killed', signal: 'SIGKILL' })
    await workspace.close({ signal })
  })

  it('says so when somebody deletes the pod', async () => {
    const workspace = await opened()
    const running = await workspace.start(script('a', 'sleep 60'), { signal })
    const [pod] = await pods()
    await world.own?.kubectl('DELETE', `/api/v1/namespaces/default/pods/${pod?.metadata.name}?gracePeriodSeconds=0`)
    await said(running)
    await expect(running.end).rejects.toMatchObject({ code: 'K8S_POD_LOST' })
    await workspace.close({ signal })
  })

  it('survives that the API server is killed and starts anew', async () => {
    const workspace = await opened()
    const running = await workspace.start(script('a', 'i=0; while [ $i -lt 60 ]; do i=$((i+1)); echo "line $i"; sleep 0.3; done; exit 5'), { signal })
    await world.own?.restartApi(5)
    expect(await said(running)).toBe(Array.from({ length: 60 }, (_, i) => `line ${i + 1}\n`).join(''))
    expect((await running.end).exit).toEqual({ kind: 'exited', code: 5 })
    await workspace.close({ signal })
  })

  it('runs 20 stages at once', { timeout: 400_000 }, async () => {
    const asked = new Map<string, number>()
    const infra = world.infra({
      spareContainers: 1,
      onRequest: ({ verb, resource }) => void asked.set(`${verb} ${resource}`, (asked.get(`${verb} ${resource}`) ?? 0) + 1),
    })
    const one = async (n: number): Promise<string> => {
      const workspace = await infra.open(plainStage, { run: brandAs<RunId>(`run-${n}`), signal, note: () => undefined })
      const text = await said(await workspace.start(script('a', `echo "stage ${n}"`), { signal }))
      await workspace.close({ signal: AbortSignal.timeout(120_000) })
      return text
    }
    const texts = await Promise.all(Array.from({ length: 20 }, (_, n) => one(n)))
    expect(texts).toEqual(Array.from({ length: 20 }, (_, n) => `stage ${n}\n`))
    const total = [...asked.values()].reduce((sum, n) => sum + n, 0)
    process.stdout.write(`requests per pod: ${(total / 20).toFixed(1)} (${[...asked].map(([what, n]) => `${what} ${n}`).join(', ')})\n`)
    expect(await pods()).toEqual([])
  })
})
