/** The content store: nothing visible that is not whole and verified, whoever writes at once. */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import { digestOf } from '../oci/digest.ts'
import { collect } from '../oci/join.ts'
import { randomImage } from '../oci/random-image.ts'
import { validate } from '../oci/validate.ts'
import { contentStore } from './content-store.ts'
import { refsTable } from './refs-table.ts'
import { openStored, saveImage } from './stored-image.ts'

const signal = new AbortController().signal
const folders: string[] = []
const temp = () => {
  const folder = mkdtempSync(join(tmpdir(), 'store-'))
  folders.push(folder)
  return folder
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})
const leftovers = (dir: string) => (existsSync(join(dir, 'ingest')) ? readdirSync(join(dir, 'ingest')) : [])

describe('content store', () => {
  it('keeps what it was given, by digest', async () => {
    const store = contentStore(temp())
    const stored = await store.put(Readable.from([Buffer.from('ab'), Buffer.from('cd')]), { signal })
    expect(stored).toEqual({ digest: digestOf('abcd'), size: 4 })
    expect((await store.read(stored.digest, { limit: 10 })).toString()).toBe('abcd')
    expect(await collect(await store.open(stored.digest, { signal, start: 1, end: 2 }), 10)).toEqual(Buffer.from('bc'))
    expect(await store.size(stored.digest)).toBe(4)
    expect((await Array.fromAsync(store.list())).map((blob) => blob.digest)).toEqual([stored.digest])
    expect([await store.remove(stored.digest), await store.remove(stored.digest), await store.has(stored.digest)]).toEqual([true, false, false])
    await expect(store.open(stored.digest, { signal })).rejects.toMatchObject({ code: 'BLOB_NOT_FOUND' })
  })

  it('refuses other bytes than the expected ones and keeps nothing of them', async () => {
    const dir = temp()
    const store = contentStore(dir)
    const put = (expected: { digest: ReturnType<typeof digestOf>; size?: number }) => store.put(Buffer.from('abc'), { signal, expected })
    await expect(put({ digest: digestOf('abd') })).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    await expect(put({ digest: digestOf('abc'), size: 4 })).rejects.toMatchObject({ code: 'SIZE_MISMATCH' })
    expect(await Array.fromAsync(store.list())).toEqual([])
    expect(leftovers(dir)).toEqual([])
    expect(await put({ digest: digestOf('abc', 'sha512') })).toEqual({ digest: digestOf('abc', 'sha512'), size: 3 })
    expect(await store.has(digestOf('abc', 'sha512'))).toBe(true)
  })

  it('leaves nothing behind when the source breaks or the signal aborts', async () => {
    const dir = temp()
    const store = contentStore(dir)
    async function* broken() {
      yield Buffer.from('x')
      throw new Error('cut')
    }
    await expect(store.put(Readable.from(broken()), { signal })).rejects.toThrow('cut')
    const abort = new AbortController()
    const endless = new Readable({ read() {} })
    const waiting = store.put(endless, { signal: abort.signal })
    abort.abort()
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
    expect(leftovers(dir)).toEqual([])
  })

  it('takes the same blob from many writers at once', async () => {
    const store = contentStore(temp())
    const content = Buffer.alloc(300_000, 'z')
    const results = await Promise.all(
      Array.from({ length: 20 }, () =>
        store.put(Readable.from([content.subarray(0, 1000), content.subarray(1000)]), { signal, expected: { digest: digestOf(content) } }),
      ),
    )
    expect(new Set(results.map((r) => r.digest)).size).toBe(1)
    expect((await Array.fromAsync(store.list())).length).toBe(1)
  })

  it('does not read a source that it has already', async () => {
    const store = contentStore(temp())
    const { digest } = await store.put(Buffer.from('abc'), { signal })
    const source = new Readable({ read: () => expect.fail('read') })
    expect(await store.put(source, { signal, expected: { digest } })).toEqual({ digest, size: 3 })
    expect(source.destroyed).toBe(true)
  })

  it('sweeps what a crash left', async () => {
    const dir = temp()
    const store = contentStore(dir)
    const half = await store.ingest()
    await half.append(Readable.from([Buffer.from('half')]), { signal })
    expect(await store.sweep({ beforeMs: 0 })).toBe(0)
    expect(await store.sweep({ beforeMs: Number.MAX_SAFE_INTEGER })).toBe(1)
    expect(leftovers(dir)).toEqual([])
    await half.abort()
  })

  it('saves and opens whole images', async () => {
    const store = contentStore(temp(), { durability: 'fast' })
    const image = await randomImage({ layers: 3 })
    const descriptor = await saveImage(store, image, { signal })
    const opened = await openStored(store, descriptor)
    expect(await opened.manifestBytes()).toEqual(await image.manifestBytes())
    expect(await validate(opened, { signal })).toEqual([])
    const { writeFile } = await import('node:fs/promises')
    const [layer] = opened.kind === 'image' ? await opened.layers() : []
    const digest = (await layer?.descriptor())?.digest
    await writeFile(store.blobPath(digest ?? expect.fail('no layer')), 'rot')
    expect((await validate(opened, { signal })).map((d) => d.code)).toEqual(['SIZE_MISMATCH'])
  })
})

describe('refs table', () => {
  it('moves names atomically and lists them sorted', async () => {
    const dir = temp()
    const refs = refsTable(dir)
    const descriptor = (text: string) => ({ mediaType: 'm', digest: digestOf(text), size: 1 })
    await Promise.all(['b', 'a', `x/${'y'.repeat(300)}:z`].map((name) => refs.set(name, descriptor(name))))
    await refs.set('a', descriptor('new'))
    writeFileSync(join(dir, 'junk.json'), '{')
    expect((await refs.list()).map((ref) => ref.name[0])).toEqual(['a', 'b', 'x'])
    expect(await refs.get('a')).toEqual(descriptor('new'))
    expect([await refs.remove('a'), await refs.get('a'), await refs.remove('a')]).toEqual([true, undefined, false])
  })
})
