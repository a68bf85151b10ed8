/** `slipway images prune`: by age and by size, dry first, beside others at work, sparing the build cache. */
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { localImages } from '../../src/cli/images/local-images.ts'
import { saveImage } from '../../src/media/stored-image.ts'
import { appendLayers } from '../../src/oci/mutate.ts'
import { randomImage, randomLayer } from '../../src/oci/random-image.ts'
import { testWorld } from '../support/test-world.ts'

const signal = new AbortController().signal
const hour = 3_600_000

/** Images of about 12 KB each in a store, given their names so many hours ago. */
async function stored(hours: readonly number[]) {
  const world = testWorld()
  const images = localImages(world.home)
  for (const [i, ago] of hours.entries()) {
    const descriptor = await saveImage(images.blobs, await randomImage({ seed: i + 1, layers: 1, bytes: 20_000 }), { signal })
    await images.names.set(`docker.io/acme/app:${i}`, descriptor)
    const [newest] = (await images.names.list()).filter(({ name }) => name.endsWith(`:${i}`))
    const file = readdirSync(join(images.blobs.dir, 'names')).find((name) => !ages.has(`${world.home}/${name}`)) ?? ''
    ages.set(`${world.home}/${file}`, ago)
    const at = new Date(Date.now() - ago * hour)
    utimesSync(join(images.blobs.dir, 'names', file), at, at)
    expect(newest?.name).toBe(`docker.io/acme/app:${i}`)
  }
  await age(world.home)
  const names = async () => (await images.names.list()).map(({ name }) => name.slice('docker.io/acme/app:'.length))
  const blobs = async () => (await Array.fromAsync(images.blobs.list())).length
  const prune = async (...args: string[]) => JSON.parse((await world.run('images', 'prune', '--json', ...args)).out)
  return { world, images, names, blobs, prune }
}
const ages = new Map<string, number>()

async function age(home: string): Promise<void> {
  const { blobs } = localImages(home)
  for await (const { digest } of blobs.list()) utimesSync(blobs.blobPath(digest), 1, 1)
}

describe('slipway images prune', () => {
  it('frees what no name needs, and keeps what was written within the hour', async () => {
    const { world, images, names, blobs, prune } = await stored([1, 2])
    await images.names.remove('docker.io/acme/app:0')
    await saveImage(images.blobs, await randomImage({ seed: 50, layers: 1 }), { signal })
    const dry = await prune('--dry-run')
    expect([dry, await blobs()]).toEqual([{ dryRun: true, names: [], blobs: 3, bytes: expect.any(Number) }, 9])
    expect(await prune()).toEqual({ ...dry, dryRun: false })
    expect([await names(), await blobs()]).toEqual([['1'], 6])
    expect((await prune('--grace', '0s')).blobs).toBe(3)
    expect((await world.run('inspect', 'acme/app:1')).code).toBe(0)
    expect((await world.run('images', 'prune')).out).toBe('freed 0 B in 0 blobs\n')
  })

  it('takes names that are old', async () => {
    const { names, prune } = await stored([1, 50, 100])
    expect((await prune('--older-than', '3d', '--dry-run')).names).toEqual(['docker.io/acme/app:2'])
    expect(await prune('--older-than', '2d')).toMatchObject({ names: ['docker.io/acme/app:1', 'docker.io/acme/app:2'], blobs: 6 })
    expect(await names()).toEqual(['0'])
  })

  it('takes the oldest names until the rest fits', async () => {
    const { names, blobs, prune } = await stored([30, 10, 20])
    expect((await prune('--keep-storage', '1GiB')).names).toEqual([])
    const whole = (await prune('--keep-storage', '0', '--dry-run')).bytes as number
    const most = String(Math.ceil(whole * 0.7))
    expect((await prune('--keep-storage', most)).names).toEqual(['docker.io/acme/app:0'])
    expect([await names(), await blobs()]).toEqual([['1', '2'], 6])
  })

  it('counts shared layers once', async () => {
    const { images, prune, world } = await stored([1])
    const grown = await appendLayers(await randomImage({ seed: 1, layers: 1, bytes: 20_000 }), [{ layer: await randomLayer({ seed: 9, bytes: 10 }) }])
    await images.names.set('docker.io/acme/app:grown', await saveImage(images.blobs, grown, { signal }))
    await age(world.home)
    const whole = (await prune('--grace', '0s', '--keep-storage', '0', '--dry-run')).bytes as number
    expect((await prune('--grace', '0s', '--keep-storage', String(whole))).names).toEqual([])
  })

  it('leaves names alone that were given within the grace', async () => {
    const { images, prune, names } = await stored([2, 2])
    await images.names.set('docker.io/acme/app:now', await saveImage(images.blobs, await randomImage({ seed: 60, bytes: 20_000 }), { signal }))
    expect((await prune('--keep-storage', '0', '--older-than', '0s')).names.toSorted()).toEqual(['docker.io/acme/app:0', 'docker.io/acme/app:1'])
    expect(await names()).toEqual(['now'])
  })

  it('keeps layers of the build cache unless told otherwise', async () => {
    const { world, images, prune } = await stored([1])
    const [layer] = await (await randomImage({ seed: 1, layers: 1, bytes: 20_000 })).layers()
    mkdirSync(join(world.home, 'build', 'records'), { recursive: true })
    writeFileSync(join(world.home, 'build', 'records', 'quick-1'), JSON.stringify({ descriptor: await layer?.descriptor() }))
    await images.names.remove('docker.io/acme/app:0')
    expect((await prune()).blobs).toBe(2)
    expect((await prune('--build-cache')).blobs).toBe(1)
  })

  it('loses nothing of images that are being saved meanwhile', async () => {
    const { world, images, prune } = await stored([1])
    const save = async (i: number) => {
      const image = await randomImage({ seed: 1 + (i % 3), layers: 2, bytes: 5000 })
      await images.names.set(`docker.io/acme/new:${i}`, await saveImage(images.blobs, image, { signal }))
      await images.names.remove(`docker.io/acme/new:${i - 4}`)
    }
    const saving = (async () => {
      for (let i = 0; i < 24; i++) await save(i)
    })()
    for (let i = 0; i < 8; i++) await prune()
    await saving
    for (const { name } of await images.names.list()) expect((await world.run('inspect', name)).err).toBe('')
  })

  it.each([
    ['--older-than', 'soon'],
    ['--keep-storage', 'much'],
    ['--grace', '5'],
  ])('does not guess what %s %s means', async (option, text) => {
    expect((await testWorld().run('images', 'prune', option, text)).err).toContain('AMOUNT_INVALID')
  })
})
