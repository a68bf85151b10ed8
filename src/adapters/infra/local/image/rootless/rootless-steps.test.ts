/** Steps in images by messages: what goes over, what comes back, and what stays outside. No process runs here. */
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { tempProject } from '../../../../../../test/support/temp-project.ts'
import { diagnose } from '../../../../../base/diagnostic.ts'
import { isProblem, problem } from '../../../../../base/problem.ts'
import type { RegistryAuth } from '../../../../../ports/registry-auth.ts'
import { plainUse } from '../../../../../ports/registry-use.ts'
import type { Channel } from '../../../../builders/rootless/messages.ts'
import type { ImageJob, ImageSteps } from '../image-job.ts'
import type { StepChannel, StepWorkerChannel } from './messages.ts'
import { type RootlessSteps, rootlessSteps } from './rootless-steps.ts'
import { serveSteps } from './serve-steps.ts'

const never = new AbortController().signal
const quiet = { signal: never, polite: never, note: () => undefined }
const target = { registry: 'docker.io', repository: 'a/b' }

const job: ImageJob = {
  image: { reference: 'a/b:1', pull: 'always', registry: { ...plainUse, connector: 'hub' }, privileged: false },
  argvs: [['sh']],
  env: [['TOKEN', 'hunter2hunter2']],
  binds: [],
  owned: [],
  cwd: '/harness',
  output: { out: '/o', err: '/e' },
  hosts: [],
}

/** Messages are cloned on their way, as between processes. */
function channel<In, Out>(port: MessagePort): Channel<In, Out> {
  return {
    send: (message) => port.postMessage(message),
    onMessage: (listen) => void port.on('message', listen),
    onEnd: (listen) => void port.on('close', () => listen('closed')),
    close: () => port.close(),
  }
}

function rootless(
  run: (job: ImageJob, o: Parameters<ImageSteps['run']>[1], auth: RegistryAuth) => ReturnType<ImageSteps['run']>,
  o: Partial<RootlessSteps> = {},
) {
  const seen = { started: 0, removed: [] as string[], over: Promise.resolve() }
  const steps = rootlessSteps({
    facts: { home: '/home/data', env: {} },
    hosts: () => [{ match: 'docker.io', endpoint: 'http://127.0.0.1:1' }],
    credentialsFor: async (use) => ({ kind: 'basic', username: use.connector ?? '', password: 'p' }),
    async start() {
      seen.started += 1
      const { port1, port2 } = new MessageChannel()
      seen.over = serveSteps(channel(port2) as StepWorkerChannel, {
        steps: (_facts, _hosts, auth) => ({ run: (asked, w) => run(asked, w, auth), remove: async () => undefined, close: async () => undefined }),
        remove: async (folder) => void seen.removed.push(folder),
      })
      return channel(port1) as StepChannel
    },
    ...o,
  })
  return { steps, seen }
}

describe('steps in images that another process carries out', () => {
  it('go over whole, but for whose credentials they are pulled with, and bring notes and their end back', async () => {
    let asked: ImageJob | undefined
    const { steps } = rootless(async (got, { note }) => {
      asked = got
      note(diagnose('STEP_PRIVILEGED', { image: 'a/b:1' }))
      return { kind: 'ended', status: 768 }
    })
    const notes: string[] = []
    const end = await steps.run(job, { ...quiet, note: ({ code }) => notes.push(code) })
    expect([end, notes]).toEqual([{ kind: 'ended', status: 768 }, ['STEP_PRIVILEGED']])
    expect(asked).toEqual({ ...job, image: { ...job.image, registry: plainUse } })
    await steps.close()
  })

  it('have one process for all of them, side by side, and none before the first', async () => {
    const gate = Promise.withResolvers<void>()
    let under = 0
    const { steps, seen } = rootless(async () => {
      if (++under === 2) gate.resolve()
      await gate.promise
      return { kind: 'ended', status: 0 }
    })
    expect(seen.started).toBe(0)
    await Promise.all([steps.run(job, quiet), steps.run(job, quiet)])
    expect(seen.started).toBe(1)
    await steps.close()
  })

  it('keep credentials outside until a registry asks, and ask as the step that wants them', async () => {
    const got: unknown[] = []
    const { steps } = rootless(async (_job, _o, auth) => {
      got.push(await auth.credentialsFor(target, { signal: never }))
      return { kind: 'ended', status: 0 }
    })
    await steps.run(job, quiet)
    expect(got).toEqual([{ kind: 'basic', username: 'hub', password: 'p' }])
    await steps.close()
  })

  it('bring problems back as they were', async () => {
    const { steps } = rootless(async () => Promise.reject(problem('STEP_IMAGE_NOT_HERE', { image: 'a/b:1' })))
    expect(isProblem(await steps.run(job, quiet).catch((e: unknown) => e), 'STEP_IMAGE_NOT_HERE')).toBe(true)
    await steps.close()
  })

  it('are told to end, politely or at once', async () => {
    const said: string[] = []
    const { steps } = rootless(
      (_job, { signal, polite }) =>
        new Promise((resolve) => {
          polite.addEventListener('abort', () => said.push('please'))
          signal.addEventListener('abort', () => resolve({ kind: 'ended', status: 9 }))
        }),
    )
    const [hard, polite] = [new AbortController(), new AbortController()]
    const ended = steps.run(job, { ...quiet, signal: hard.signal, polite: polite.signal })
    await new Promise((resolve) => setImmediate(resolve))
    polite.abort()
    await expect.poll(() => said).toEqual(['please'])
    hard.abort()
    expect(await ended).toEqual({ kind: 'ended', status: 9 })
    await steps.close()
  })

  it('say why when the other process dies, and end there when this one goes', async () => {
    let aborted = false
    const { steps, seen } = rootless(
      (_job, { signal }) =>
        new Promise((resolve) =>
          signal.addEventListener('abort', () => {
            aborted = true
            resolve({ kind: 'ended', status: 9 })
          }),
        ),
    )
    const ended = steps.run(job, quiet).catch((e: unknown) => e)
    await expect.poll(() => seen.started).toBe(1)
    await new Promise((resolve) => setImmediate(resolve))
    await steps.close()
    expect(isProblem(await ended, 'STEP_WORKER_ENDED')).toBe(true)
    await seen.over
    expect(aborted).toBe(true)
  })

  it('remove what is one’s own without the other process', async () => {
    const { steps, seen } = rootless(async () => ({ kind: 'ended', status: 0 }))
    const { dir } = tempProject({ 'deep/file': 'x' })
    await steps.remove(dir)
    expect([seen.started, seen.removed]).toEqual([0, []])
    await steps.close()
  })
})
