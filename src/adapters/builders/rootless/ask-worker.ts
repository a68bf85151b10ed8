/** One job for a process in a user namespace: started, asked, answered, ended. */
import { problem } from '../../../base/problem.ts'
import type { Waiting } from '../../../oci/views.ts'
import type { BuildEvent } from '../../../ports/builder.ts'
import type { Credentials, RegistryTarget } from '../../../ports/registry-auth.ts'
import { packFailure, unpackFailure } from './failure-parcel.ts'
import type { Channel, FromWorker, Job, ToWorker } from './messages.ts'

export type WorkerChannel = Channel<FromWorker, ToWorker>

export interface Asked extends Waiting {
  /** Throws BUILD_RUN_IMPOSSIBLE where there is no user namespace to be had. */
  start(o: Waiting): Promise<WorkerChannel>
  readonly emit?: (event: BuildEvent) => void
  readonly credentialsFor?: (connector: string | undefined, target: RegistryTarget, o: Waiting) => Promise<Credentials | undefined>
}

export type Answer = Exclude<FromWorker, { readonly kind: 'event' | 'who am I' | 'failed' }>

/** Rejects with what the job failed with. On abort it waits until the other side has stopped. */
export async function askWorker(job: Job, o: Asked): Promise<Answer> {
  o.signal.throwIfAborted()
  const worker = await o.start(o)
  const onAbort = (): void => worker.send({ kind: 'abort' })
  try {
    // It may have been aborted while the process was being started.
    o.signal.throwIfAborted()
    const answer = new Promise<Answer>((resolve, reject) => {
      worker.onEnd((why) => reject(problem('BUILD_WORKER_ENDED', { why })))
      worker.onMessage((message) => {
        if (message.kind === 'event') o.emit?.(message.event)
        else if (message.kind === 'who am I') void identify(message, worker, o)
        else if (message.kind === 'failed') reject(unpackFailure(message.failure))
        else resolve(message)
      })
    })
    o.signal.addEventListener('abort', onAbort, { once: true })
    worker.send(job)
    return await answer
  } catch (error) {
    o.signal.throwIfAborted()
    throw error
  } finally {
    o.signal.removeEventListener('abort', onAbort)
    worker.close()
  }
}

async function identify({ id, connector, target }: Extract<FromWorker, { kind: 'who am I' }>, worker: WorkerChannel, o: Asked): Promise<void> {
  try {
    worker.send({ kind: 'credentials', id, credentials: await o.credentialsFor?.(connector, target, o) })
  } catch (error) {
    worker.send({ kind: 'no credentials', id, failure: packFailure(error) })
  }
}
