/** Steps in images for a user who is not root: carried out by a process in a user namespace, which is started when the first one comes. */
import { rm } from 'node:fs/promises'
import type { Diagnostic } from '../../../../../base/diagnostic.ts'
import { problem } from '../../../../../base/problem.ts'
import { errorCode } from '../../../../../media/file-errors.ts'
import type { Credentials, RegistryTarget } from '../../../../../ports/registry-auth.ts'
import { plainUse, type RegistryUse } from '../../../../../ports/registry-use.ts'
import type { HostMapping } from '../../../../../registry/endpoint.ts'
import { packFailure, unpackFailure } from '../../../../builders/rootless/failure-parcel.ts'
import type { ImageEnd, ImageSteps } from '../image-job.ts'
import type { FromStepWorker, StepChannel, StepFacts } from './messages.ts'

export interface RootlessSteps {
  readonly facts: StepFacts
  readonly hosts: (use: RegistryUse) => readonly HostMapping[]
  readonly credentialsFor: (use: RegistryUse, target: RegistryTarget, o: { readonly signal: AbortSignal }) => Promise<Credentials | undefined>
  /** Throws BUILD_RUN_IMPOSSIBLE where there is no user namespace to be had. */
  start(o: { readonly signal: AbortSignal }): Promise<StepChannel>
}

interface Pending {
  readonly use: RegistryUse
  readonly signal: AbortSignal
  readonly note: (note: Diagnostic) => void
  done(end: ImageEnd | undefined): void
  failed(error: Error): void
}

export function rootlessSteps(o: RootlessSteps): ImageSteps {
  const pending = new Map<number, Pending>()
  let worker: Promise<StepChannel> | undefined
  let jobs = 0
  const started = (signal: AbortSignal): Promise<StepChannel> => {
    worker ??= o.start({ signal }).then((channel) => listen(channel, pending, o))
    worker.catch(() => {
      worker = undefined
    })
    return worker
  }
  /** Resolves when the other side has answered. */
  const ask = (id: number, about: Omit<Pending, 'done' | 'failed'>, send: () => void): Promise<ImageEnd | undefined> =>
    new Promise<ImageEnd | undefined>((done, failed) => {
      pending.set(id, { ...about, done, failed })
      send()
    }).finally(() => pending.delete(id))
  return {
    async run(job, { signal, polite, note }) {
      const before = AbortSignal.any([signal, polite])
      const channel = await started(before)
      before.throwIfAborted()
      const id = ++jobs
      const end = (now: boolean) => (): void => channel.send({ kind: 'end', id, now })
      const [onPolite, onHard] = [end(false), end(true)]
      polite.addEventListener('abort', onPolite)
      signal.addEventListener('abort', onHard)
      try {
        const { registry: use } = job.image
        const plain = { ...job, image: { ...job.image, registry: plainUse } }
        const ended = await ask(id, { use, signal, note }, () => channel.send({ kind: 'run', id, facts: o.facts, job: plain, hosts: o.hosts(use) }))
        return ended ?? { kind: 'unable', what: 'run the step', error: 'no answer' }
      } finally {
        polite.removeEventListener('abort', onPolite)
        signal.removeEventListener('abort', onHard)
      }
    },
    async remove(folder) {
      try {
        await rm(folder, { recursive: true, force: true, maxRetries: 3 })
      } catch (error) {
        if (errorCode(error) !== 'EACCES' && errorCode(error) !== 'EPERM') throw error
        const { signal } = new AbortController()
        const channel = await started(signal)
        const id = ++jobs
        await ask(id, { use: plainUse, signal, note: () => undefined }, () => channel.send({ kind: 'remove', id, folder }))
      }
    },
    async close() {
      const channel = await worker?.catch(() => undefined)
      channel?.close()
    },
  }
}

function listen(channel: StepChannel, pending: Map<number, Pending>, o: RootlessSteps): StepChannel {
  channel.onEnd((why) => {
    for (const one of pending.values()) one.failed(problem('STEP_WORKER_ENDED', { why }))
  })
  channel.onMessage((message) => answer(message, pending, channel, o))
  return channel
}

function answer(message: FromStepWorker, pending: Map<number, Pending>, channel: StepChannel, o: RootlessSteps): void {
  const job = pending.get(message.id)
  if (job === undefined) return
  if (message.kind === 'note') job.note(message.note)
  else if (message.kind === 'failed') job.failed(unpackFailure(message.failure))
  else if (message.kind === 'ended') job.done(message.end)
  else if (message.kind === 'removed') job.done(undefined)
  else void identify(message, job, channel, o)
}

async function identify({ ask, target }: Extract<FromStepWorker, { kind: 'who am I' }>, job: Pending, channel: StepChannel, o: RootlessSteps): Promise<void> {
  try {
    channel.send({ kind: 'credentials', ask, credentials: await o.credentialsFor(job.use, target, job) })
  } catch (error) {
    channel.send({ kind: 'no credentials', ask, failure: packFailure(error) })
  }
}
