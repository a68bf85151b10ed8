/** The image store first, then the Docker Engine, where that is asked for and one answers. */
import { diagnose } from '../../base/diagnostic.ts'
import { isProblem, problem } from '../../base/problem.ts'
import type { DockerEngine } from '../../docker-api/engine.ts'
import { loadIntoEngine, saveFromEngine } from '../../docker-api/engine-images.ts'
import { withEngine } from '../../docker-api/engine-of.ts'
import { type Environment, findEngine } from '../../docker-api/find-engine.ts'
import type { ContentStore } from '../../media/content-store.ts'
import type { Platform } from '../../oci/platform.ts'
import type { Image, Index } from '../../oci/views.ts'
import type { Delivered, DeliveryOptions, OpenedImage } from '../../ports/delivery.ts'
import { refsOf } from './archive-delivery.ts'
import type { ImageStore } from './image-store.ts'

export interface DockerAside {
  readonly env: Environment
  readonly platform: Platform
  readonly blobs: ContentStore
}

/** A store that shares its images with an engine: it loads what `docker` asks for, and looks there for names that it lacks itself. */
export function withDocker(store: ImageStore, aside: DockerAside): ImageStore {
  return {
    source: {
      ...store.source,
      async openStored(name, o) {
        try {
          return await store.source.openStored(name, o)
        } catch (error) {
          if (!isProblem(error, 'IMAGE_NOT_STORED')) throw error
          return fromEngine(name, error, aside, o.signal)
        }
      },
    },
    delivery: {
      async deliver(image, to, o) {
        const stored = await store.delivery.deliver(image, to, o)
        if (to.kind !== 'load' || to.docker !== true || stored.some(({ kind }) => kind === 'refused')) return stored
        return [...stored, ...(await intoEngine(image, to.names, aside, o))]
      },
    },
  }
}

/** An engine that does not answer, or that is not to be found, takes nothing and has nothing; one that says no is heard. */
async function answering<T>(env: Environment, signal: AbortSignal, use: (engine: DockerEngine) => Promise<T>): Promise<T | undefined> {
  try {
    await withEngine(env, (engine) => engine.facts({ signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]) }))
  } catch (error) {
    signal.throwIfAborted()
    if (noEngine.some((code) => isProblem(error, code)) || (error instanceof Error && error.name === 'TimeoutError')) return undefined
    throw error
  }
  return withEngine(env, use)
}

const noEngine = ['DOCKER_UNREACHABLE', 'DOCKER_HOST_UNKNOWN', 'DOCKER_CONTEXT_UNKNOWN'] as const
const patienceMs = 5_000

async function intoEngine(image: Image | Index, names: readonly string[], { env, platform }: DockerAside, o: DeliveryOptions): Promise<readonly Delivered[]> {
  const { signal } = o
  const { host } = await findEngine(env).catch(() => ({ host: env['DOCKER_HOST'] ?? 'the context of docker' }))
  const images = names.join(', ')
  try {
    const loaded = await answering(env, signal, (engine) => loadIntoEngine(engine, image, refsOf(names), images, { platform, signal }))
    o.note?.(diagnose(loaded === undefined ? 'IMAGE_NOT_IN_DOCKER' : 'IMAGE_IN_DOCKER', { engine: host, names: images }))
    return []
  } catch (error) {
    signal.throwIfAborted()
    return [{ kind: 'refused', target: `docker-daemon:${names[0] ?? ''}`, error }]
  }
}

async function fromEngine(name: string, missing: Error, aside: DockerAside, signal: AbortSignal): Promise<OpenedImage> {
  const opened = await answering(aside.env, signal, async (engine): Promise<OpenedImage> => {
    if ((await engine.inspect(name, { signal })) === undefined) {
      const there = (await engine.list({ signal })).flatMap(({ tags }) => tags)
      const known = isProblem(missing) ? (missing.diagnostic.hint ?? '') : ''
      throw problem('IMAGE_NOWHERE', { name, engine: engine.name, known, there: there.join(', ') || 'none' })
    }
    const { view, close } = await saveFromEngine(engine, name, { ...aside, signal })
    return { image: view, close }
  })
  if (opened === undefined) throw missing
  return opened
}
