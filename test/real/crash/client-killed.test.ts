/** `slipway pull` and `slipway push` killed at many points: the image store and the registry keep only what is whole. */
import { readdir, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contentStore } from '../../../src/media/content-store.ts'
import { refsTable } from '../../../src/media/refs-table.ts'
import { openStored } from '../../../src/media/stored-image.ts'
import { writeArchive } from '../../../src/media/write-archive.ts'
import { randomImage } from '../../../src/oci/random-image.ts'
import { validate } from '../../../src/oci/validate.ts'
import type { Image } from '../../../src/oci/views.ts'
import { findManifest } from '../../../src/registry/manifests.ts'
import { pull } from '../../../src/registry/pull.ts'
import { testClient } from '../../support/registry/embedded.ts'
import { promised } from '../../support/skip.ts'
import { type TempProject, tempProject } from '../../support/temp-project.ts'
import { type Tap, tap } from './tap.ts'
import { leftovers, type Served, serve, slipway, wrongBlobs } from './wreck.ts'

const signal = new AbortController().signal
const rounds = 14
const day = 86_400_000

/** The store holds nothing wrong, and every name in it leads to a whole image. Answers the names. */
async function wholeStore(home: string): Promise<readonly string[]> {
  const dir = join(home, 'images')
  expect(await wrongBlobs(dir)).toEqual([])
  const names = await refsTable(join(dir, 'names')).list()
  for (const { name, descriptor } of names) expect([name, await validate(await openStored(contentStore(dir), descriptor), { signal })]).toEqual([name, []])
  return names.map((one) => one.name)
}

describe('a command that is killed', promised('ci'), () => {
  let project: TempProject
  let served: Served
  let way: Tap
  let image: Image
  let archive: string
  const tapped = (): readonly string[] => ['--map', `${served.registry}=${way.url}`]
  beforeAll(async () => {
    project = tempProject()
    served = await serve(project.path('registry'))
    way = await tap(served.registry)
    image = await randomImage({ layers: 6, bytes: 3_000_000, seed: 5 })
    archive = project.path('app.tar')
    await writeArchive(archive, [{ view: image, refs: [] }], { signal, durability: 'fast' })
    expect((await slipway(project.path('measure'), ['push', archive, `${served.registry}/app:1`])).code).toBe(0)
  }, 60_000)
  afterAll(async () => {
    await way?.close()
    await served?.process.stop()
    project?.remove()
  })

  it('in a pull leaves a store that is whole; the next pull completes it and takes the leftovers away', async () => {
    const home = project.path('home')
    const name = `${served.registry}/app:1`
    const blobs = (await image.layers()).map(async (layer) => (await layer.descriptor()).size)
    const total = (await Promise.all(blobs)).reduce((sum, size) => sum + size, 0)
    let killed = 0
    for (let round = 0; round < rounds; round++) {
      // Of what the store does not have yet, so that there is always something to interrupt.
      const missing = total - (await bytesIn(join(home, 'images', 'blobs', 'sha256')))
      const killWhen = way.open({ direction: 'down', bytes: Math.ceil((missing * (round + 0.5)) / rounds) })
      const ended = await slipway(home, ['pull', name, ...tapped()], { killWhen })
      if (ended.signal === 'SIGKILL') killed++
      await wholeStore(home)
    }
    expect(killed).toBeGreaterThan(rounds / 2)
    const old = new Date(Date.now() - 2 * day)
    for (const file of await leftovers(home)) await utimes(file, old, old)
    await way.open()
    expect((await slipway(home, ['pull', name, ...tapped()])).code).toBe(0)
    expect(await leftovers(home)).toEqual([])
    expect(await wholeStore(home)).toEqual([name])
  }, 600_000)

  it('does not disturb others that write the same store at the same time', async () => {
    const home = project.path('shared')
    const name = `${served.registry}/app:1`
    const others = [slipway(home, ['pull', name]), slipway(home, ['pull', name])]
    const killWhen = way.open({ direction: 'down', bytes: 5_000_000 })
    const victims = [0, 1, 2].map(() => slipway(home, ['pull', name, ...tapped()], { killWhen }))
    expect((await Promise.all(others)).map((one) => one.code)).toEqual([0, 0])
    // Where the others had everything before the victims had so much.
    await way.open()
    await Promise.all(victims)
    expect(await wholeStore(home)).toEqual([name])
    expect((await readdir(join(home, 'images', 'blobs', 'sha256'))).length).toBe(6 + 2)
  }, 300_000)

  it('in a push leaves a tag that is whole or not there', async () => {
    const client = testClient()
    const to = (n: number) => ({ registry: served.registry, repository: `pushed-${n}`, tag: '1' })
    await way.open()
    const { code } = await slipway(project.path('measure'), ['push', archive, `${served.registry}/measured:1`, ...tapped()])
    expect(code).toBe(0)
    const total = way.passed('up')
    let missing = 0
    for (let round = 0; round < rounds; round++) {
      const killWhen = way.open({ direction: 'up', bytes: Math.ceil((total * (round + 0.5)) / rounds) })
      await slipway(project.path('push-home'), ['push', archive, `${served.registry}/pushed-${round}:1`, ...tapped()], { killWhen })
      const found = await findManifest(client.repository(to(round), ['pull']), '1', { signal })
      if (found === undefined) missing++
      else expect(await validate(await pull(to(round), { client, signal }), { signal })).toEqual([])
    }
    expect(missing).toBeGreaterThan(rounds / 2)
    expect(await wrongBlobs(project.path('registry'))).toEqual([])
    const again = await slipway(project.path('push-home'), ['push', archive, `${served.registry}/pushed-0:1`])
    expect(again.code).toBe(0)
    expect(await (await pull(to(0), { client, signal })).digest()).toBe(await image.digest())
  }, 600_000)
})

async function bytesIn(dir: string): Promise<number> {
  const names = await readdir(dir).catch(() => [])
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(dir, name))).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}
