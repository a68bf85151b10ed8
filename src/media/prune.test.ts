/** Pruning: what has a name stays, what is new stays, and nobody who writes meanwhile loses anything. */
import { mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { assembleIndex } from '../oci/assemble.ts'
import type { Digest } from '../oci/digest.ts'
import { randomImage } from '../oci/random-image.ts'
import { validate } from '../oci/validate.ts'
import { type ContentStore, contentStore } from './content-store.ts'
import { prune } from './prune.ts'
import { openStored, saveImage } from './stored-image.ts'

const signal = new AbortController().signal
const folders: string[] = []
const temp = () => {
  const folder = mkdtempSync(join(tmpdir(), 'prune-'))
  folders.push(folder)
  return folder
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})
const digests = async (store: ContentStore): Promise<readonly Digest[]> => (await Array.fromAsync(store.list())).map(({ digest }) => digest)
const age = async (store: ContentStore): Promise<void> => {
  for (const digest of await digests(store)) utimesSync(store.blobPath(digest), 1, 1)
}
const grace = { beforeMs: Date.now() - 3_600_000, signal }

describe('prune', () => {
  it('keeps named images whole, children of indexes too, and removes the rest', async () => {
    const store = contentStore(temp(), { durability: 'fast' })
    const [one, two, three] = [await randomImage({ seed: 1 }), await randomImage({ seed: 2 }), await randomImage({ seed: 3 })]
    const index = await assembleIndex({ format: 'oci', children: [{ view: two }] })
    const kept = [await saveImage(store, one, { signal }), await saveImage(store, index, { signal })]
    await saveImage(store, three, { signal })
    await age(store)
    const pruned = await prune(store, async () => kept, grace)
    expect(pruned.blobs).toBe(4)
    expect(pruned.bytes).toBeGreaterThan(1000)
    for (const descriptor of kept) expect(await validate(await openStored(store, descriptor), { signal })).toEqual([])
    expect(await prune(store, async () => kept, grace)).toEqual({ blobs: 0, bytes: 0 })
    expect(readdirSync(join(store.dir, 'ingest'))).toEqual([])
  })

  it('keeps what is new, what is reused, and what it is told to', async () => {
    const store = contentStore(temp(), { durability: 'fast' })
    const image = await randomImage({ layers: 1 })
    const { digest } = await saveImage(store, image, { signal })
    await prune(store, async () => [], grace)
    expect((await digests(store)).length).toBe(3)
    await age(store)
    await saveImage(store, image, { signal })
    await prune(store, async () => [], grace)
    expect((await digests(store)).length).toBe(3)
    await age(store)
    await prune(store, async () => [], { ...grace, keep: [digest] })
    expect(await digests(store)).toEqual([digest])
  })

  it('goes on where an image is damaged', async () => {
    const store = contentStore(temp(), { durability: 'fast' })
    const descriptor = await saveImage(store, await randomImage({}), { signal })
    await store.remove(descriptor.digest)
    await age(store)
    expect((await prune(store, async () => [descriptor], grace)).blobs).toBe(3)
  })

  it('never takes a blob from a writer at work', async () => {
    const store = contentStore(temp(), { durability: 'fast' })
    const images = await Promise.all(Array.from({ length: 8 }, (_, seed) => randomImage({ seed, layers: 3 })))
    for (const image of images) await saveImage(store, image, { signal })
    await age(store)
    const named = await Promise.all([
      ...images.map((image) => saveImage(store, image, { signal })),
      ...Array.from({ length: 4 }, () => prune(store, async () => [], grace).then(() => undefined)),
    ])
    for (const descriptor of named) if (descriptor !== undefined) expect(await validate(await openStored(store, descriptor), { signal })).toEqual([])
  })
})
