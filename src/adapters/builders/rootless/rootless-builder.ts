/**
 * Engine embedded, for users who are not root. What needs no root is built right here. A build with a RUN is carried out by a process of this
 * program in a user namespace of its own, where that process is root; steps of a pipeline stay what they are.
 */
import type { Diagnostic } from '../../../base/diagnostic.ts'
import { isProblem, problem } from '../../../base/problem.ts'
import { parseDockerfile } from '../../../dockerfile/parse.ts'
import type { Waiting } from '../../../oci/views.ts'
import type { BuildEvent, Builder, BuildRequest, Built } from '../../../ports/builder.ts'
import type { Credentials, RegistryTarget } from '../../../ports/registry-auth.ts'
import { sourceFile } from '../../../text/source-file.ts'
import { packFailure, unpackFailure } from './failure-parcel.ts'
import { type OpenBlob, unpackImage } from './image-parcel.ts'
import type { Channel, FromWorker, ToWorker, WorkerFacts } from './messages.ts'

export type WorkerChannel = Channel<FromWorker, ToWorker>

export interface RootlessOptions {
  /** The builder of this process. */
  readonly here: Builder
  /** Throws BUILD_RUN_IMPOSSIBLE where there is no user namespace to be had. */
  start(o: Waiting): Promise<WorkerChannel>
  readonly facts: WorkerFacts
  readonly credentialsFor: (connector: string | undefined, target: RegistryTarget, o: Waiting) => Promise<Credentials | undefined>
  readonly openBlob: OpenBlob
}

export function rootlessBuilder(o: RootlessOptions): Builder {
  return {
    name: o.here.name,
    async check(request, w) {
      if (!hasRun(request)) return o.here.check(request, w)
      try {
        return await ask<readonly Diagnostic[]>('check', request, { ...o, ...w, emit: () => undefined })
      } catch (error) {
        if (isProblem(error, 'BUILD_RUN_IMPOSSIBLE')) return [error.diagnostic]
        throw error
      }
    },
    async build(request, w) {
      const outside = () => ask<Built>('build', request, { ...o, ...w })
      if (hasRun(request)) return outside()
      try {
        return await o.here.build(request, w)
      } catch (error) {
        // A trigger of the base was a RUN.
        if (isProblem(error, 'BUILD_RUN_IMPOSSIBLE')) return outside()
        throw error
      }
    },
  }
}

function hasRun({ dockerfile }: BuildRequest): boolean {
  const { stages } = parseDockerfile(sourceFile(dockerfile.name, dockerfile.text))
  return stages.some((stage) => stage.instructions.some(({ kind }) => kind === 'run'))
}

type Asking = RootlessOptions & Waiting & { readonly emit: (event: BuildEvent) => void }

async function ask<T extends Built | readonly Diagnostic[]>(kind: 'build' | 'check', request: BuildRequest, o: Asking): Promise<T> {
  o.signal.throwIfAborted()
  const worker = await o.start(o)
  const onAbort = (): void => worker.send({ kind: 'abort' })
  try {
    const answer = new Promise<Built | readonly Diagnostic[]>((resolve, reject) => {
      worker.onEnd((why) => reject(problem('BUILD_WORKER_ENDED', { why })))
      worker.onMessage((message) => {
        if (message.kind === 'event') o.emit(message.event)
        else if (message.kind === 'who am I') void identify(message, worker, o)
        else if (message.kind === 'failed') reject(unpackFailure(message.failure))
        else if (message.kind === 'checked') resolve(message.found)
        else resolve({ image: unpackImage(message.image, o.openBlob), layers: message.layers, cachedLayers: message.cachedLayers })
      })
    })
    o.signal.addEventListener('abort', onAbort, { once: true })
    worker.send({ kind, facts: o.facts, request })
    return (await answer) as T
  } catch (error) {
    o.signal.throwIfAborted()
    throw error
  } finally {
    o.signal.removeEventListener('abort', onAbort)
    worker.close()
  }
}

async function identify({ id, connector, target }: Extract<FromWorker, { kind: 'who am I' }>, worker: WorkerChannel, o: Asking): Promise<void> {
  try {
    worker.send({ kind: 'credentials', id, credentials: await o.credentialsFor(connector, target, o) })
  } catch (error) {
    worker.send({ kind: 'no credentials', id, failure: packFailure(error) })
  }
}
