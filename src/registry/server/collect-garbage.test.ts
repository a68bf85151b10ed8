/** What a collection of garbage takes from a registry, and what it leaves, also beside pushes of other processes. */
import { existsSync, readdirSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { embeddedRegistry, type TestRegistry, testClient } from '../../../test/support/registry/embedded.ts'
import { randomImage } from '../../oci/random-image.ts'
import { parseRef } from '../../oci/ref.ts'
import { validate } from '../../oci/validate.ts'
import type { Image } from '../../oci/views.ts'
import { pull } from '../pull.ts'
import { push } from '../push.ts'
import { createRegistry } from './create-registry.ts'

const signal = new AbortController().signal
const day = 24 * 3_600_000

async function start() {
  const place = await embeddedRegistry()
  const client = testClient()
  const put = (image: Image, repository: string, ...tags: readonly string[]) => push(image, { registry: place.registry, repository, tags }, { client, signal })
  const has = async (name: string): Promise<boolean> => {
    const parsed = parseRef(`${place.registry}/${name}`)
    if (!parsed.ok) throw new Error(name)
    const view = await pull(parsed.value, { client, signal }).catch(() => undefined)
    return view !== undefined && (await validate(view, { signal })).length === 0
  }
  /** Another process, as far as a folder can tell. */
  const collect = (o: { readonly untagged?: boolean; readonly dryRun?: boolean; readonly beforeMs?: number } = {}) =>
    createRegistry({ dir: place.dir, durability: 'fast' }).collect({ beforeMs: Date.now() - day, untagged: false, dryRun: false, signal, ...o })
  return { place, put, has, collect }
}

const blobsIn = ({ dir }: TestRegistry): readonly string[] => (existsSync(join(dir, 'blobs/sha256')) ? readdirSync(join(dir, 'blobs/sha256')) : [])

function age(place: TestRegistry): void {
  const old = new Date(Date.now() - 2 * day)
  for (const name of blobsIn(place)) {
    try {
      utimesSync(join(place.dir, 'blobs/sha256', name), old, old)
    } catch {
      // A file that was only there for a moment.
    }
  }
}

describe('garbage of a registry', () => {
  it('is what no manifest names, and old', async () => {
    const { place, put, has, collect } = await start()
    const [kept, gone] = [await randomImage({ seed: 1, layers: 2 }), await randomImage({ seed: 2, layers: 2 })]
    await put(kept, 'app', '1')
    await put(gone, 'app', '2')
    await fetch(`${place.url}/v2/app/manifests/${await gone.digest()}`, { method: 'DELETE' })
    expect((await collect()).blobs).toBe(0)
    age(place)
    const [before, told] = [blobsIn(place).length, await collect({ dryRun: true })]
    expect([told.blobs > 0, blobsIn(place).length]).toEqual([true, before])
    expect(await collect()).toEqual(told)
    expect(blobsIn(place).length).toBe(before - told.blobs)
    expect([await has('app:1'), await has('app:2')]).toEqual([true, false])
    await put(gone, 'app', '2')
    expect(await has('app:2')).toBe(true)
  })

  it('is a manifest without a tag only where that is asked for', async () => {
    const { place, put, has, collect } = await start()
    const [first, second] = [await randomImage({ seed: 1 }), await randomImage({ seed: 2 })]
    await put(first, 'app', 'latest')
    await put(second, 'app', 'latest')
    age(place)
    expect((await collect()).manifests).toBe(0)
    expect(await has(`app@${await first.digest()}`)).toBe(true)
    age(place)
    expect((await collect({ untagged: true })).manifests).toBe(1)
    expect([await has(`app@${await first.digest()}`), await has('app:latest')]).toEqual([false, true])
  })

  it('is nothing that a push was told of since', async () => {
    const { place, put, has, collect } = await start()
    const image = await randomImage({ seed: 1, layers: 2 })
    await put(image, 'app', '1')
    await fetch(`${place.url}/v2/app/manifests/${await image.digest()}`, { method: 'DELETE' })
    age(place)
    const [layer] = await image.layers()
    const { digest = '' } = (await layer?.descriptor()) ?? {}
    expect((await fetch(`${place.url}/v2/app/blobs/${digest}`, { method: 'HEAD' })).status).toBe(200)
    await collect()
    expect((await fetch(`${place.url}/v2/app/blobs/${digest}`, { method: 'HEAD' })).status).toBe(200)
    await put(image, 'app', '1')
    expect(await has('app:1')).toBe(true)
  })

  it('never holes an image that is being pushed, however often it is collected', async () => {
    const { place, put, has, collect } = await start()
    const images = await Promise.all([1, 2, 3, 4].map((seed) => randomImage({ seed, layers: 3 })))
    let pushing = true
    const collecting = (async () => {
      while (pushing) {
        age(place)
        await collect({ untagged: true })
      }
    })().catch((error: unknown) => error)
    const pushes = images.map(async (image, i) => {
      for (let round = 0; round < 5; round++) await put(image, 'app', `${i}`).catch(() => undefined)
    })
    await Promise.all(pushes)
    pushing = false
    expect(await collecting).toBe(undefined)
    for (const i of images.keys()) {
      const tagged = (await fetch(`${place.url}/v2/app/manifests/${i}`, { method: 'HEAD' })).status === 200
      if (tagged) expect(await has(`app:${i}`)).toBe(true)
    }
    for (const [i, image] of images.entries()) await put(image, 'app', `${i}`)
    expect(await Promise.all(images.map((_, i) => has(`app:${i}`)))).toEqual(images.map(() => true))
  })
})
