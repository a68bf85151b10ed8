import { Readable } from 'node:stream'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { isProblem, problem } from '../../../base/problem.ts'
import type { Digest } from '../../../oci/digest.ts'
import { randomImage } from '../../../oci/random-image.ts'
import type { Builder, BuildRequest } from '../../../ports/builder.ts'
import type { CacheMounts } from '../../../ports/cache-mounts.ts'
import type { RegistryAuth } from '../../../ports/registry-auth.ts'
import type { WorkerChannel } from './ask-worker.ts'
import type { Channel, WorkerFacts } from './messages.ts'
import { type RootlessOptions, rootlessBuilder } from './rootless-builder.ts'
import { rootlessCache } from './rootless-cache.ts'
import { rootlessMounts } from './rootless-mounts.ts'
import { type AskedAuth, type BuildChannel, serveBuild } from './serve-build.ts'

const signal = AbortSignal.timeout(20_000)
const facts: WorkerFacts = { home: '/home/data', hosts: [{ match: 'docker.io', endpoint: 'http://127.0.0.1:1' }], env: { A: 'b' } }
const withRun = 'FROM scratch\nRUN ["/x"]\n'
const quiet = { signal, emit: () => undefined }

function request(text: string, more: Partial<BuildRequest> = {}): BuildRequest {
  return {
    contextDir: '/context',
    dockerfile: { name: 'Dockerfile', text },
    args: new Map([['A', '1']]),
    labels: new Map(),
    platform: { os: 'linux', architecture: 'amd64' },
    created: 0,
    reproducible: false,
    noCache: false,
    secrets: new Map([['token', Buffer.from('hidden')]]),
    ...more,
  }
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

const ability = { kind: 'able', rung: 3, layers: 'folder' } as const
const noMounts = () => Promise.reject(new Error('no')) as never
const noCache = { items: async () => [], prune: async () => ({ removed: [], bytes: 0, leftBytes: 0 }) }

interface Given {
  readonly inside: (auth: AskedAuth, facts: WorkerFacts) => Builder
  readonly here?: Partial<Builder>
  readonly credentialsFor?: RootlessOptions['credentialsFor']
  readonly start?: RootlessOptions['start']
}

function rootless({ inside, here, credentialsFor, start }: Given) {
  let started = 0
  const opened: string[] = []
  const builder = rootlessBuilder({
    here: { name: 'embedded', check: async () => [], build: async () => Promise.reject(new Error('built here')), ...here },
    facts,
    credentialsFor: credentialsFor ?? (async () => undefined),
    async openBlob(descriptor, origin) {
      opened.push(`${origin?.repository ?? 'store'} ${descriptor.size}`)
      return Readable.from([Buffer.alloc(descriptor.size)])
    },
    start:
      start ??
      (async (): Promise<WorkerChannel> => {
        started += 1
        const { port1, port2 } = new MessageChannel()
        void serveBuild(channel(port2) as BuildChannel, {
          builder: (given, auth) => inside(auth, given),
          cache: () => noCache,
          mounts: noMounts,
          ability: async () => ability,
        }).finally(() => port2.close())
        return channel(port1)
      }),
  })
  return { builder, opened, started: () => started }
}

function made(build: Builder['build']): () => Builder {
  return () => ({ name: 'inside', check: async () => [], build })
}

describe('a builder whose RUN happens in another process', () => {
  it('hands the request over whole and brings events and the image back', async () => {
    const image = await randomImage({ layers: 2, seed: 1 })
    let asked: BuildRequest | undefined
    let given: WorkerFacts | undefined
    const { builder, opened } = rootless({
      inside: (_auth, told) => {
        given = told
        return made(async (got, { emit }) => {
          asked = got
          emit({ kind: 'log', text: 'one' } as never)
          return { image, layers: 2, cachedLayers: 1 }
        })()
      },
    })
    const events: unknown[] = []
    const built = await builder.build(request(withRun), { signal, emit: (event) => void events.push(event) })
    expect(given).toEqual(facts)
    expect(asked?.args).toEqual(new Map([['A', '1']]))
    expect(Buffer.from(asked?.secrets?.get('token') ?? []).toString()).toBe('hidden')
    expect(events).toEqual([{ kind: 'log', text: 'one' }])
    expect([built.layers, built.cachedLayers]).toEqual([2, 1])
    expect(await built.image.digest()).toBe(await image.digest())
    if (built.image.kind !== 'image') throw new Error('an image was expected')
    expect(await built.image.config()).toEqual(await image.config())
    for (const layer of await built.image.layers())
      await (await layer.compressed({ signal }))
        .resume()
        .toArray()
        .catch(() => undefined)
    expect(opened).toHaveLength(2)
  })

  it('builds in this process what has no RUN', async () => {
    const image = await randomImage({ layers: 1, seed: 2 })
    const { builder, started } = rootless({
      inside: made(async () => Promise.reject(new Error('no'))),
      here: { build: async () => ({ image, layers: 1, cachedLayers: 0 }) },
    })
    expect((await builder.build(request('FROM scratch\nCOPY a /\n'), quiet)).layers).toBe(1)
    expect(started()).toBe(0)
  })

  it('goes to the other process when a trigger of the base turns out to be a RUN', async () => {
    const image = await randomImage({ layers: 1, seed: 3 })
    const { builder, started } = rootless({
      inside: made(async () => ({ image, layers: 1, cachedLayers: 0 })),
      here: { build: async () => Promise.reject(problem('BUILD_RUN_IMPOSSIBLE', { reason: 'not root' })) },
    })
    expect(await (await builder.build(request('FROM triggers\n'), quiet)).image.digest()).toBe(await image.digest())
    expect(started()).toBe(1)
  })

  it('brings problems back as they were', async () => {
    const at = { file: 'Dockerfile', line: 2, col: 1, endLine: 2, endCol: 9 }
    const { builder } = rootless({
      inside: made(async () => Promise.reject(problem('BUILD_RUN_FAILED', { command: 'x', exitCode: 3 }, { at }))),
    })
    const error = await builder.build(request(withRun), quiet).catch((e: unknown) => e)
    expect(isProblem(error, 'BUILD_RUN_FAILED') && error.diagnostic.at).toEqual(at)
  })

  it('keeps credentials outside until a registry asks', async () => {
    const image = await randomImage({ layers: 1, seed: 4 })
    const target = { registry: 'docker.io', repository: 'a/b' }
    const seen: unknown[] = []
    const asking = (auth: RegistryAuth): Builder =>
      made(async () => {
        seen.push(await auth.credentialsFor(target, { signal }))
        return { image, layers: 1, cachedLayers: 0 }
      })()
    const { builder } = rootless({
      inside: (auth) => asking(auth('hub')),
      credentialsFor: async (connector, t) => ({ kind: 'basic', username: `${connector} ${t.repository}`, password: 'p' }),
    })
    await builder.build(request(withRun), quiet)
    expect(seen).toEqual([{ kind: 'basic', username: 'hub a/b', password: 'p' }])
    const refused = rootless({
      inside: (auth) => asking(auth(undefined)),
      credentialsFor: async () => Promise.reject(problem('REGISTRY_DENIED', { registry: 'docker.io', what: 'a/b', reason: 'no' })),
    })
    expect(isProblem(await refused.builder.build(request(withRun), quiet).catch((e: unknown) => e), 'REGISTRY_DENIED')).toBe(true)
  })

  it('waits until the other side has stopped when it is aborted', async () => {
    const stop = new AbortController()
    let cleaned = false
    const { builder } = rootless({
      inside: made(
        (_request, o) =>
          new Promise((_resolve, reject) => {
            stop.abort(new Error('enough'))
            o.signal.addEventListener('abort', () =>
              setTimeout(() => {
                cleaned = true
                reject(o.signal.reason)
              }, 20),
            )
          }),
      ),
    })
    await expect(builder.build(request(withRun), { ...quiet, signal: stop.signal })).rejects.toThrow('enough')
    expect(cleaned).toBe(true)
  })

  it('says why when the other process dies', async () => {
    const dying: WorkerChannel = {
      send: () => undefined,
      onMessage: () => undefined,
      onEnd: (listen) => void setTimeout(() => listen('SIGKILL'), 5),
      close: () => undefined,
    }
    const { builder } = rootless({ inside: made(async () => Promise.reject(new Error('no'))), start: async () => dying })
    const error = await builder.build(request(withRun), quiet).catch((e: unknown) => e)
    expect(isProblem(error, 'BUILD_WORKER_ENDED') && error.message).toContain('SIGKILL')
  })

  it('checks where the build would be', async () => {
    const { builder } = rootless({
      inside: () => ({
        name: 'inside',
        build: async () => Promise.reject(new Error('no')),
        check: async () => [problem('BUILD_RUN_IMPOSSIBLE', { reason: 'an overlay' }).diagnostic],
      }),
    })
    expect((await builder.check(request(withRun), { signal })).map(({ code }) => code)).toEqual(['BUILD_RUN_IMPOSSIBLE'])
    const none = rootless({
      inside: made(async () => Promise.reject(new Error('no'))),
      start: async () => Promise.reject(problem('BUILD_RUN_IMPOSSIBLE', { reason: 'no namespace' })),
    })
    expect((await none.builder.check(request(withRun), { signal })).map(({ message }) => message)).toEqual(['RUN is not possible here: no namespace.'])
  })
})

describe('a cache that another process looks after', () => {
  it('tells what is there and what went, as plain data', async () => {
    const part = { kind: 'layer', name: 'l', bytes: 3, usedMs: 4 } as const
    const asked: unknown[] = []
    const cache = rootlessCache({
      facts,
      start: async () => {
        const { port1, port2 } = new MessageChannel()
        const inside = {
          items: async () => [{ ...part, remove: async () => true }],
          prune: async (limits: object, { nowMs, dryRun }: { readonly nowMs: number; readonly dryRun?: boolean }) => {
            asked.push(limits, nowMs, dryRun)
            return { removed: [{ ...part, remove: async () => true }], bytes: 3, leftBytes: 1 }
          },
        }
        void serveBuild(channel(port2) as BuildChannel, {
          builder: () => Promise.reject(new Error('no')) as never,
          cache: () => inside,
          mounts: noMounts,
          ability: async () => ability,
        }).finally(() => port2.close())
        return channel(port1)
      },
    })
    expect(await cache.items({ signal })).toEqual([part])
    expect(await cache.prune({ unusedMs: 1, keepBytes: 2 }, { signal, nowMs: 5, dryRun: true })).toEqual({ removed: [part], bytes: 3, leftBytes: 1 })
    expect(asked).toEqual([{ unusedMs: 1, keepBytes: 2 }, 5, true])
  })
})

describe('cache mounts in another process', () => {
  it('are listed, packed and laid down there, and problems come back as they were', async () => {
    const asked: unknown[] = []
    const digest = `sha256:${'a'.repeat(64)}` as Digest
    const packed = { id: '/c', diffId: digest, descriptor: { mediaType: 'x', digest, size: 3 } }
    const mounts = rootlessMounts({
      facts,
      start: async () => {
        const { port1, port2 } = new MessageChannel()
        const inside: CacheMounts = {
          list: async () => [{ id: '/c', bytes: 1, usedMs: 2, inUse: true }],
          pack: async (ids) => (ids.length > 0 ? Promise.reject(problem('CACHE_MOUNT_UNKNOWN', { id: 'x', where: 'here', known: 'none' })) : [packed]),
          async lay(given, { replace }) {
            asked.push(given, replace)
            return given.map((one) => ({ ...one, how: 'laid down' as const }))
          },
        }
        void serveBuild(channel(port2) as BuildChannel, {
          builder: noMounts,
          cache: () => noCache,
          mounts: () => inside,
          ability: async () => ability,
        }).finally(() => port2.close())
        return channel(port1)
      },
    })
    expect(await mounts.list({ signal })).toEqual([{ id: '/c', bytes: 1, usedMs: 2, inUse: true }])
    expect(await mounts.pack([], { signal })).toEqual([packed])
    expect(isProblem(await mounts.pack(['x'], { signal }).catch((e: unknown) => e), 'CACHE_MOUNT_UNKNOWN')).toBe(true)
    expect(await mounts.lay([packed], { signal, replace: true })).toEqual([{ ...packed, how: 'laid down' }])
    expect(asked).toEqual([[packed], true])
  })
})
