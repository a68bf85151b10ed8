/** The other side of the rootless builder: one build or check, asked for and answered by messages. */
import { Problem } from '../../../base/problem.ts'
import type { Builder } from '../../../ports/builder.ts'
import type { RegistryAuth } from '../../../ports/registry-auth.ts'
import { packFailure, unpackFailure } from './failure-parcel.ts'
import { packImage } from './image-parcel.ts'
import type { Channel, FromWorker, ToWorker, WorkerFacts } from './messages.ts'

export type BuildChannel = Channel<ToWorker, FromWorker>

/** Credentials of a connector, or of whatever else the asking side knows. */
export type AskedAuth = (connector: string | undefined) => RegistryAuth

/** Resolves when the one job is done and its answer sent. `compose` makes the builder once the facts are known. */
export async function serveBuild(channel: BuildChannel, compose: (facts: WorkerFacts, auth: AskedAuth) => Builder): Promise<void> {
  const stop = new AbortController()
  const waiting = new Map<number, (answer: Extract<ToWorker, { kind: 'credentials' | 'no credentials' }>) => void>()
  const auth = askingAuth(channel, waiting)
  channel.onEnd(() => stop.abort(new Error('the process that asked for the build is gone')))
  await new Promise<void>((resolve) => {
    channel.onMessage((message) => {
      if (message.kind === 'abort') stop.abort(new Error('stopped'))
      else if (message.kind === 'build' || message.kind === 'check') resolve(answer(message, compose(message.facts, auth), channel, stop.signal))
      else waiting.get(message.id)?.(message)
    })
  })
}

async function answer(message: Extract<ToWorker, { kind: 'build' | 'check' }>, builder: Builder, channel: BuildChannel, signal: AbortSignal): Promise<void> {
  try {
    if (message.kind === 'check') return channel.send({ kind: 'checked', found: await builder.check(message.request, { signal }) })
    const { image, layers, cachedLayers } = await builder.build(message.request, { signal, emit: (event) => channel.send({ kind: 'event', event }) })
    channel.send({ kind: 'built', image: await packImage(image), layers, cachedLayers })
  } catch (error) {
    channel.send({ kind: 'failed', failure: packFailure(error) })
  }
}

function askingAuth(channel: BuildChannel, waiting: Map<number, (answer: Extract<ToWorker, { kind: 'credentials' | 'no credentials' }>) => void>): AskedAuth {
  let asked = 0
  return (connector) => ({
    name: 'the process outside',
    credentialsFor: async (target) => {
      asked += 1
      const id = asked
      const answered = new Promise<Extract<ToWorker, { kind: 'credentials' | 'no credentials' }>>((resolve) => void waiting.set(id, resolve))
      channel.send({ kind: 'who am I', id, connector, target })
      const got = await answered
      waiting.delete(id)
      if (got.kind === 'credentials') return got.credentials
      const error = unpackFailure(got.failure)
      throw error instanceof Problem ? error : new Error(error.message)
    },
  })
}
