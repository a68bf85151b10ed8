/** The other side of the rootless builder: one build or check, asked for and answered by messages. */
import { Problem } from '../../../base/problem.ts'
import type { Ability } from '../../../builder/exec/sandbox.ts'
import type { Waiting } from '../../../oci/views.ts'
import type { BuildCache, CachePart } from '../../../ports/build-cache.ts'
import type { Builder } from '../../../ports/builder.ts'
import type { CacheMounts } from '../../../ports/cache-mounts.ts'
import type { RegistryAuth } from '../../../ports/registry-auth.ts'
import { packFailure, unpackFailure } from './failure-parcel.ts'
import { packImage } from './image-parcel.ts'
import type { Channel, FromWorker, Job, ToWorker, WorkerFacts } from './messages.ts'

export type BuildChannel = Channel<ToWorker, FromWorker>

/** Credentials of a connector, or of whatever else the asking side knows. */
export type AskedAuth = (connector: string | undefined) => RegistryAuth

export interface WorkerTools {
  builder(facts: WorkerFacts, auth: AskedAuth): Builder
  cache(facts: WorkerFacts): BuildCache
  mounts(facts: WorkerFacts): CacheMounts
  /** What a RUN would find here. */
  ability(facts: WorkerFacts, o: Waiting): Promise<Ability>
}

/** Resolves when the one job is done and its answer sent. Tools are made once the facts are known. */
export async function serveBuild(channel: BuildChannel, tools: WorkerTools): Promise<void> {
  const stop = new AbortController()
  const waiting = new Map<number, (answer: Extract<ToWorker, { kind: 'credentials' | 'no credentials' }>) => void>()
  const auth = askingAuth(channel, waiting)
  channel.onEnd(() => stop.abort(new Error('the process that asked for the build is gone')))
  await new Promise<void>((resolve) => {
    channel.onMessage((message) => {
      if (message.kind === 'abort') stop.abort(new Error('stopped'))
      else if ('facts' in message) resolve(answer(message, { ...tools, auth }, channel, stop.signal))
      else waiting.get(message.id)?.(message)
    })
  })
}

async function answer(job: Job, tools: WorkerTools & { readonly auth: AskedAuth }, channel: BuildChannel, signal: AbortSignal): Promise<void> {
  try {
    switch (job.kind) {
      case 'ability':
        return channel.send({ kind: 'able', ability: await tools.ability(job.facts, { signal }) })
      case 'usage':
        return channel.send({ kind: 'used', items: (await tools.cache(job.facts).items({ signal })).map(plain) })
      case 'prune': {
        const { removed, bytes, leftBytes } = await tools.cache(job.facts).prune(job.limits, { nowMs: job.nowMs, dryRun: job.dryRun, signal })
        return channel.send({ kind: 'pruned', pruned: { removed: removed.map(plain), bytes, leftBytes } })
      }
      case 'mounts':
        return channel.send({ kind: 'mounts', mounts: await tools.mounts(job.facts).list({ signal }) })
      case 'pack mounts':
        return channel.send({ kind: 'packed', mounts: await tools.mounts(job.facts).pack(job.ids, { signal }) })
      case 'lay mounts':
        return channel.send({ kind: 'laid', mounts: await tools.mounts(job.facts).lay(job.mounts, { signal, replace: job.replace }) })
      case 'check':
        return channel.send({ kind: 'checked', found: await tools.builder(job.facts, tools.auth).check(job.request, { signal }) })
      case 'build': {
        const builder = tools.builder(job.facts, tools.auth)
        const { image, layers, cachedLayers } = await builder.build(job.request, { signal, emit: (event) => channel.send({ kind: 'event', event }) })
        return channel.send({ kind: 'built', image: await packImage(image), layers, cachedLayers })
      }
    }
  } catch (error) {
    channel.send({ kind: 'failed', failure: packFailure(error) })
  }
}

/** Without what cannot travel. */
function plain({ kind, name, id, bytes, usedMs }: CachePart): CachePart {
  return { kind, name, ...(id !== undefined && { id }), bytes, usedMs }
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
