/** What every Delivery promises, as tests. */
import { Readable } from 'node:stream'
import { expect } from 'vitest'
import { type ContractOptions, describeContract } from '../../test/support/contract.ts'
import type { Progress } from '../events/run-event.ts'
import { assembleIndex } from '../oci/assemble.ts'
import { randomImage } from '../oci/random-image.ts'
import type { Image, Layer } from '../oci/views.ts'
import type { Delivered, Delivery, Destination } from './delivery.ts'

export interface DeliveryUnderTest {
  readonly delivery: Delivery
  /** A destination with these names; of files and folders the same one each time. */
  readonly to: (...names: readonly string[]) => Destination
  /** The digest of what has this name now, every byte of it verified. */
  readonly holds: (name: string) => Promise<string | undefined>
  /** One that takes nothing, of this delivery or of another like it. */
  readonly refusing: (...names: readonly string[]) => { readonly delivery?: Delivery; readonly to: Destination }
}

const o = { signal: AbortSignal.timeout(600_000), progress: () => undefined }

export function deliveryContract(make: () => Promise<DeliveryUnderTest>, options: ContractOptions = {}): void {
  describeContract('Delivery', options, (promise) => {
    promise('gives one result per target, in order, with the digest of the image', async () => {
      const { delivery, to } = await make()
      const image = await randomImage({ seed: 1 })
      const destination = to('acme/b:1', 'acme/a:1', 'acme/a:2')
      const results = await delivery.deliver(image, destination, o)
      expect(results.map(({ kind, target }) => [kind, target])).toEqual(targetsOf(destination).map((target) => ['delivered', target]))
      expect(new Set(results.map(digestOfResult))).toEqual(new Set([await image.digest()]))
      for (const result of results) expect(result.kind === 'delivered' && result.bytes).toBeGreaterThan(0)
    })

    promise('brings every byte, of an image and of an index', async () => {
      const { delivery, to, holds } = await make()
      const image = await randomImage({ seed: 1, bytes: 100_000 })
      await delivery.deliver(image, to('acme/a:1'), o)
      expect(await holds('acme/a:1')).toBe(await image.digest())
      const index = await someIndex()
      await delivery.deliver(index, to('acme/b:1'), o)
      expect(await holds('acme/b:1')).toBe(await index.digest())
    })

    promise('leaves all as it is when it delivers again, and puts another image in place of one', async () => {
      const { delivery, to, holds } = await make()
      const [first, second] = [await randomImage({ seed: 1 }), await randomImage({ seed: 2 })]
      const once = await delivery.deliver(first, to('acme/a:1'), o)
      expect(await delivery.deliver(first, to('acme/a:1'), o)).toEqual(once)
      expect(await holds('acme/a:1')).toBe(await first.digest())
      await delivery.deliver(second, to('acme/a:1'), o)
      expect(await holds('acme/a:1')).toBe(await second.digest())
    })

    promise('keeps one whole image of several delivered to one name at once', async () => {
      const { delivery, to, holds } = await make()
      const images = await Promise.all([1, 2, 3, 4].map((seed) => randomImage({ seed, bytes: 50_000 })))
      const results = await Promise.all(images.map((image) => delivery.deliver(image, to('acme/a:1'), o)))
      expect(results.flat().map(({ kind }) => kind)).toEqual(images.map(() => 'delivered'))
      expect(await Promise.all(images.map((image) => image.digest()))).toContain(await holds('acme/a:1'))
    })

    promise('keeps all of several images delivered to one place at once', async () => {
      const { delivery, to, holds } = await make()
      const images = await Promise.all([1, 2, 3, 4, 5, 6].map((seed) => randomImage({ seed })))
      await Promise.all(images.map((image, i) => delivery.deliver(image, to(`acme/a:${i}`), o)))
      const held = await Promise.all(images.map((_, i) => holds(`acme/a:${i}`)))
      expect(held).toEqual(await Promise.all(images.map((image) => image.digest())))
    })

    promise('makes a result of what is refused', async () => {
      const under = await make()
      const { delivery = under.delivery, to: destination } = under.refusing('acme/a:1', 'acme/a:2')
      const results = await delivery.deliver(await randomImage(), destination, o)
      expect(results.map(({ kind, target }) => [kind, target])).toEqual(targetsOf(destination).map((target) => ['refused', target]))
      for (const result of results) expect(result.kind === 'refused' && result.error).toBeInstanceOf(Error)
    })

    promise('rejects with the reason, and brings nothing, when it is aborted already', async () => {
      const { delivery, to, holds } = await make()
      const image = await randomImage()
      const delivering = delivery.deliver(image, to('acme/a:1'), { ...o, signal: AbortSignal.abort(new Error('enough')) })
      await expect(delivering).rejects.toThrow('enough')
      expect(await holds('acme/a:1')).not.toBe(await image.digest())
    })

    promise('rejects with the reason, and leaves what was there, when it is aborted half way', async () => {
      const { delivery, to, holds } = await make()
      const first = await randomImage({ seed: 1 })
      await delivery.deliver(first, to('acme/a:1'), o)
      const abort = new AbortController()
      const second = await altered({ seed: 2, bytes: 500_000 }, () => abort.abort(new Error('enough')))
      await expect(delivery.deliver(second, to('acme/a:1'), { ...o, signal: abort.signal })).rejects.toThrow('enough')
      expect(await holds('acme/a:1')).toBe(await first.digest())
    })

    promise('delivers nothing of an image that cannot be read', async () => {
      const { delivery, to, holds } = await make()
      const first = await randomImage({ seed: 1 })
      await delivery.deliver(first, to('acme/a:1'), o)
      const unreadable = await altered({ seed: 2, bytes: 500_000 }, () => {
        throw new Error('the disk is gone')
      })
      const results = await delivery.deliver(unreadable, to('acme/a:1'), o).catch((error: unknown) => String(error))
      if (typeof results === 'string') expect(results).toContain('the disk is gone')
      else expect(results.map(({ kind }) => kind)).toEqual(['refused'])
      expect(await holds('acme/a:1')).toBe(await first.digest())
      // Nothing is in the way of the next.
      const third = await randomImage({ seed: 3 })
      await delivery.deliver(third, to('acme/a:1'), o)
      expect(await holds('acme/a:1')).toBe(await third.digest())
    })

    promise('never goes back, nor beyond the total, in what it tells', async () => {
      const { delivery, to } = await make()
      const told: Progress[] = []
      await delivery.deliver(await randomImage({ bytes: 300_000 }), to('acme/a:1', 'acme/b:1'), { ...o, progress: (p) => void told.push(p) })
      for (const { done, total } of told) if (total !== undefined) expect(done).toBeLessThanOrEqual(total)
      for (const [task, own] of Map.groupBy(told, (one) => one.task)) {
        const done = own.map((one) => one.done)
        expect(done, task).toEqual(done.toSorted((a, b) => a - b))
      }
    })

    promise('throws for a destination of another kind', async () => {
      const { delivery, to } = await make()
      const other: Destination = to('acme/a:1').kind === 'load' ? { kind: 'archive', path: '/nowhere/a.tar', names: [] } : { kind: 'load', names: ['acme/a:1'] }
      await expect(delivery.deliver(await randomImage(), other, o)).rejects.toThrow(other.kind)
    })
  })
}

function targetsOf(to: Destination): readonly string[] {
  if (to.kind === 'registry') return to.refs
  return to.kind === 'load' ? to.names : [to.path]
}

function digestOfResult(result: Delivered): string | undefined {
  return result.kind === 'delivered' ? result.digest : undefined
}

async function someIndex() {
  const platforms = ['amd64', 'arm64'].map((architecture) => ({ os: 'linux', architecture }))
  const children = await Promise.all(platforms.map(async (platform, i) => ({ view: await randomImage({ seed: 10 + i, platform }), platform })))
  return assembleIndex({ format: 'oci', children })
}

/** An image whose layers do something in the middle of being read. */
async function altered(from: { readonly seed: number; readonly bytes: number }, halfWay: () => void): Promise<Image> {
  const image = await randomImage({ ...from, layers: 1 })
  const layers = (await image.layers()).map(
    (layer): Layer => ({ ...layer, compressed: async (w) => Readable.from(interrupted(await layer.compressed(w), halfWay)) }),
  )
  return { ...image, layers: async () => layers }
}

async function* interrupted(stream: Readable, halfWay: () => void): AsyncGenerator<Buffer> {
  const whole = Buffer.concat(await Array.fromAsync(stream as AsyncIterable<Buffer>))
  yield whole.subarray(0, whole.length / 2)
  halfWay()
  yield whole.subarray(whole.length / 2)
}
