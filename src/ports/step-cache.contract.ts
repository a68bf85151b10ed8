/** What every StepCache promises, as tests. */
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { expect } from 'vitest'
import { type ContractOptions, describeContract } from '../../test/support/contract.ts'
import { isProblem, problem } from '../base/problem.ts'
import type { StepCache } from './step-cache.ts'

const signal = AbortSignal.timeout(600_000)
const exact = { match: 'exact', signal } as const
const replacing = { override: true, signal } as const
const keeping = { override: false, signal } as const

function bytesOf(seed: string, size: number): Buffer {
  return Buffer.alloc(size, `${seed} `)
}

function content(bytes: Buffer): () => Readable {
  return () => Readable.from(pieces(bytes), { objectMode: false })
}

function* pieces(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 50_000) yield bytes.subarray(at, at + 50_000)
}

async function* failing(): AsyncGenerator<Buffer> {
  yield bytesOf('half', 70_000)
  throw problem('TAR_UNWRITABLE', { path: 'x', reason: 'it changed' })
}

async function read(cache: StepCache, key: string): Promise<string | undefined> {
  const saved = (await cache.find(key, exact)).at(-1)
  if (saved === undefined) return undefined
  const fetched = await cache.fetch(saved, { signal })
  try {
    const bytes = await buffer(fetched.open())
    expect([bytes.length, fetched.bytes, saved.bytes]).toEqual([bytes.length, bytes.length, bytes.length])
    return bytes.toString()
  } finally {
    await fetched.close()
  }
}

export interface CacheUnderTest {
  readonly cache: StepCache
  /** More than the store sends in one piece. */
  readonly largePart: number
  /** Until the store's clock tells two saves apart. */
  readonly tick: () => Promise<void>
}

/** `make` gives an empty store. */
export function stepCacheContract(make: () => Promise<CacheUnderTest>, o: ContractOptions = {}): void {
  describeContract('StepCache', o, (promise) => {
    promise('finds nothing where nothing was saved', async () => {
      const { cache } = await make()
      expect(await cache.find('npm', exact)).toEqual([])
      expect(await cache.find('npm', { match: 'prefix', signal })).toEqual([])
    })

    promise('gives back what was saved, small and in several parts, as often as asked', async () => {
      const { cache, largePart } = await make()
      for (const size of [1, 1024, Math.floor(largePart * 2.5)]) {
        const bytes = bytesOf(String(size), size)
        expect(await cache.save(`k${size}`, content(bytes), keeping)).toEqual({ kind: 'saved', bytes: size })
        expect((await read(cache, `k${size}`)) === bytes.toString()).toBe(true)
        expect((await read(cache, `k${size}`)) === bytes.toString()).toBe(true)
      }
    })

    promise('keeps what is there without override, and replaces it with', async () => {
      const { cache } = await make()
      await cache.save('k', content(bytesOf('one', 2000)), keeping)
      expect(await cache.save('k', content(bytesOf('two', 3000)), keeping)).toEqual({ kind: 'kept', bytes: 2000 })
      expect(await read(cache, 'k')).toBe(bytesOf('one', 2000).toString())
      expect(await cache.save('k', content(bytesOf('three', 3000)), replacing)).toEqual({ kind: 'saved', bytes: 3000 })
      expect(await read(cache, 'k')).toBe(bytesOf('three', 3000).toString())
      expect(await cache.find('k', exact)).toHaveLength(1)
    })

    promise('tells keys apart that begin alike, and finds them all by their beginning, oldest first', async () => {
      const { cache, tick } = await make()
      for (const key of ['npm-b', 'npm-a', 'npm', 'gradle']) {
        await cache.save(key, content(Buffer.from(key)), keeping)
        await tick()
      }
      expect((await cache.find('npm', exact)).map(({ key }) => key)).toEqual(['npm'])
      expect((await cache.find('npm', { match: 'prefix', signal })).map(({ key }) => key)).toEqual(['npm-b', 'npm-a', 'npm'])
      expect(await cache.find('np', exact)).toEqual([])
    })

    promise('takes every text as a key', async () => {
      const { cache } = await make()
      const keys = ['a/b', 'a', 'a b', 'ä-Ω', '../../etc/passwd', '100%', 'a%2Fb', '~41', '?x=1&y#z', `${'long-'.repeat(60)}end`, '.', 'a+b', 'it\'s <"&>']
      for (const key of keys) await cache.save(key, content(Buffer.from(`of ${key}`)), keeping)
      for (const key of keys) expect(await read(cache, key)).toBe(`of ${key}`)
      expect((await cache.find('a', { match: 'prefix', signal })).map(({ key }) => key).toSorted()).toEqual(['a', 'a b', 'a%2Fb', 'a+b', 'a/b'])
    })

    promise('leaves what was there when the content fails half way', async () => {
      const { cache } = await make()
      const half = () => Readable.from(failing(), { objectMode: false })
      const error = await cache.save('k', half, keeping).catch((caught: unknown) => caught)
      expect(isProblem(error, 'TAR_UNWRITABLE')).toBe(true)
      expect(await cache.find('k', exact)).toEqual([])
      await cache.save('k', content(bytesOf('whole', 500)), keeping)
      await expect(cache.save('k', half, replacing)).rejects.toThrow('it changed')
      expect(await read(cache, 'k')).toBe(bytesOf('whole', 500).toString())
    })

    promise('leaves what was there when it is aborted', async () => {
      const { cache } = await make()
      const abort = new AbortController()
      async function* endless(): AsyncGenerator<Buffer> {
        for (let i = 0; ; i++) {
          if (i === 20) abort.abort(new Error('enough'))
          yield bytesOf('more', 10_000)
        }
      }
      await expect(cache.save('k', () => Readable.from(endless(), { objectMode: false }), { override: true, signal: abort.signal })).rejects.toThrow()
      expect(await cache.find('k', exact)).toEqual([])
    })

    promise('keeps one whole body of several saves at once', async () => {
      const { cache, largePart } = await make()
      const size = Math.floor(largePart * 1.5)
      const bodies = ['one', 'two', 'three', 'four'].map((seed) => bytesOf(seed, size))
      const results = await Promise.all(bodies.map((body) => cache.save('k', content(body), replacing)))
      expect(results.map(({ kind }) => kind)).toEqual(bodies.map(() => 'saved'))
      const found = await read(cache, 'k')
      expect(bodies.some((body) => body.toString() === found)).toBe(true)
      const again = await Promise.all(bodies.map((body) => cache.save('other', content(body), keeping)))
      expect(again.filter(({ kind }) => kind === 'saved').length).toBeGreaterThan(0)
      const other = await read(cache, 'other')
      expect(bodies.some((body) => body.toString() === other)).toBe(true)
    })

    promise('lets what was fetched be read while the key is saved again', async () => {
      const { cache } = await make()
      await cache.save('k', content(bytesOf('one', 200_000)), keeping)
      const [saved] = await cache.find('k', exact)
      if (saved === undefined) throw new Error('it was saved')
      const fetched = await cache.fetch(saved, { signal })
      await cache.save('k', content(bytesOf('two', 300_000)), replacing)
      expect((await buffer(fetched.open())).equals(bytesOf('one', 200_000))).toBe(true)
      await fetched.close()
    })

    promise('tells how far it has come', async () => {
      const { cache, largePart } = await make()
      const size = Math.floor(largePart * 2.5)
      const told: number[] = []
      await cache.save('k', content(bytesOf('x', size)), { ...keeping, progress: (done) => told.push(done) })
      expect(told.at(-1)).toBe(size)
      expect(told).toEqual(told.toSorted((a, b) => a - b))
      const [saved] = await cache.find('k', exact)
      if (saved === undefined) throw new Error('it was saved')
      const fetched: (number | undefined)[][] = []
      await (await cache.fetch(saved, { signal, progress: (done, total) => fetched.push([done, total]) })).close()
      expect(fetched.at(-1)).toEqual([size, size])
    })
  })
}
