/** Archives made to do harm, and archives that had an accident: one clear error with the archive's name, in bounded time, and nothing half-written. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { isProblem } from '../base/problem.ts'
import { decompressed, growthGuard } from '../oci/decompress.ts'
import { type Digest, digestOf, hexOf } from '../oci/digest.ts'
import { join as joined } from '../oci/join.ts'
import { mediaTypes } from '../oci/media-types.ts'
import { randomImage } from '../oci/random-image.ts'
import { validate } from '../oci/validate.ts'
import type { Image } from '../oci/views.ts'
import { walk } from '../oci/walk.ts'
import { weigh } from '../oci/weigh.ts'
import { type TarItem, writeTar } from '../tar/write-tar.ts'
import { chooseImage } from './archive.ts'
import { contentStore } from './content-store.ts'
import { openArchive } from './open-archive.ts'
import { saveImage } from './stored-image.ts'
import { writeArchive } from './write-archive.ts'

const signal = new AbortController().signal
const folders: string[] = []
const temp = () => {
  const folder = mkdtempSync(join(tmpdir(), 'hostile-'))
  folders.push(folder)
  return folder
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

const common = { mode: 0o644, uid: 0, gid: 0, mtimeNs: 0n }
const file = (path: string, body: Buffer | string): TarItem => ({
  entry: { kind: 'file', path, size: Buffer.byteLength(body), ...common },
  body: Buffer.from(body),
})
const symlink = (path: string, target: string): TarItem => ({ entry: { kind: 'symlink', path, target, ...common } })
const hardlink = (path: string, target: string): TarItem => ({ entry: { kind: 'hardlink', path, target, ...common } })
const bytesOf = async (items: Iterable<TarItem>): Promise<Buffer> => Buffer.concat(await writeTar(items, { signal }).toArray())
const table = (layers: readonly string[], config = 'c'): TarItem =>
  file('manifest.json', JSON.stringify([{ Config: config, RepoTags: ['x:1'], Layers: layers }]))

async function archive(items: Iterable<TarItem> | Buffer, name = 'evil.tar'): Promise<string> {
  const path = join(temp(), name)
  writeFileSync(path, Buffer.isBuffer(items) ? items : await bytesOf(items as Iterable<TarItem>))
  return path
}

/** Opens the archive and reads all of it, as a push would. */
async function readAll(path: string): Promise<void> {
  const spool = contentStore(temp(), { durability: 'fast' })
  const opened = await openArchive(path, { signal, spool })
  try {
    const { view } = chooseImage(opened)
    for await (const part of walk(view)) if (part.kind === 'blob') for await (const _ of await part.open({ signal }));
  } finally {
    await opened.close()
  }
}

async function failure(path: string): Promise<{ readonly code: string; readonly message: string }> {
  try {
    await readAll(path)
  } catch (error) {
    if (!isProblem(error)) throw error
    return { code: error.code, message: error.message }
  }
  return expect.fail('it was taken')
}

const config = async (layers = 1): Promise<Buffer> => (await randomImage({ layers, format: 'docker' })).configBytes()

describe('docker archives', () => {
  it.each<[string, (config: Buffer) => TarItem[], string, string]>([
    ['an entry above the root', () => [file('a/../../x', '')], 'ARCHIVE_ENTRY_WRONG', '"a/../../x" points outside'],
    ['a hard link out of it', () => [hardlink('x', '../../etc/shadow')], 'ARCHIVE_ENTRY_WRONG', '"../../etc/shadow" points outside'],
    ['a layer outside', (c) => [file('c', c), table(['../../etc/shadow'])], 'ARCHIVE_ENTRY_WRONG', '"../../etc/shadow" points outside'],
    ['a configuration outside', () => [table(['l'], '../secret')], 'ARCHIVE_ENTRY_WRONG', '"../secret" points outside'],
    ['a layer that is a link to the host', (c) => [file('c', c), symlink('l', '/etc/passwd'), table(['l'])], 'ARCHIVE_MISSING_BLOB', 'lacks "l"'],
    ['a layer that climbs out by links', (c) => [file('c', c), symlink('l', '../../../../etc/passwd'), table(['l'])], 'ARCHIVE_MISSING_BLOB', 'lacks "l"'],
    ['a layer that links to itself', (c) => [file('c', c), symlink('l', 'l'), table(['l'])], 'ARCHIVE_MISSING_BLOB', 'lacks "l"'],
    ['a folder for a layer', (c) => [file('c', c), { entry: { kind: 'dir', path: 'l', ...common } }, table(['l'])], 'ARCHIVE_MISSING_BLOB', 'lacks "l"'],
    ['two layers of one name', (c) => [file('c', c), file('l', '1'), file('l', '2'), table(['l'])], 'ARCHIVE_DUPLICATE', 'holds "l" twice'],
    ['two tables', (c) => [file('c', c), file('l', '1'), table(['l']), table(['l'])], 'ARCHIVE_DUPLICATE', 'holds "manifest.json" twice'],
    ['a table that is too large', () => [file('manifest.json', Buffer.alloc(17 * 2 ** 20, ' '))], 'ARCHIVE_ENTRY_WRONG', '"manifest.json" has 17825792 bytes'],
    ['a table of countless layers', (c) => [file('c', c), table(Array(200_000).fill('l'))], 'ARCHIVE_DAMAGED', '200000 layers'],
    ['nesting without end', () => [file('manifest.json', '['.repeat(2_000_000))], 'ARCHIVE_UNREADABLE', 'manifest.json'],
    [
      'a configuration that is none',
      () => [file('c', '{"rootfs":{"type":"layers","diff_ids":["nonsense"]}}'), file('l', ''), table(['l'])],
      'CONFIG_INVALID',
      'x:1',
    ],
    ['other bytes than promised', (c) => [file('c', c), file('l', 'tampered'), table(['l'])], 'DIGEST_MISMATCH', 'layer'],
  ])('with %s', async (_name, items, code, message) => {
    const path = await archive(items(await config()))
    expect(await failure(path)).toEqual({ code, message: expect.stringContaining(message) })
  })

  it('with a hundred thousand entries are read in seconds', async () => {
    const image = await randomImage({ layers: 0, format: 'docker' })
    const many = function* () {
      yield file('c', configBytes)
      for (let i = 0; i < 100_000; i++) yield file(`junk/${i}`, '')
      yield table([])
    }
    const configBytes = await image.configBytes()
    const path = await archive(many())
    const started = performance.now()
    await readAll(path)
    expect(performance.now() - started).toBeLessThan(10_000)
  })

  it('with countless values for all entries are given up', async () => {
    const pax = (i: number): string => `${`K.${i}`.padEnd(20, 'x')}=v`
    const record = (text: string) => `${text.length + 4} ${text}\n`
    const body = Buffer.from(Array.from({ length: 1000 }, (_, i) => record(pax(i))).join(''))
    const header = (await bytesOf([file('g', body)])).subarray(0, 512)
    header[156] = 'g'.charCodeAt(0)
    header.fill(' ', 148, 156)
    const sum = header.reduce((a, b) => a + b, 0)
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
    const path = await archive(Buffer.concat([header, body, Buffer.alloc(512 - (body.length % 512)), Buffer.alloc(1024)]))
    expect(await failure(path)).toEqual({ code: 'ARCHIVE_DAMAGED', message: expect.stringContaining('more than 100 values') })
  })
})

describe('unpacking', () => {
  it('stops where zstd grows beyond all proportion', async () => {
    const zeros = Buffer.alloc(64 * 2 ** 20)
    const bomb = Buffer.concat(Array(20).fill(zstdCompressSync(zeros)))
    const before = process.memoryUsage().rss
    const stream = await decompressed(Readable.from([bomb], { objectMode: false }), 'layer 1', { signal })
    await expect(
      (async () => {
        for await (const _ of stream);
      })(),
    ).rejects.toMatchObject({ code: 'UNPACKED_TOO_LARGE', message: expect.stringContaining('layer 1') })
    expect(process.memoryUsage().rss - before).toBeLessThan(200e6)
  })

  it('counts what goes in and what comes out', async () => {
    const { before, after } = growthGuard('x', { growth: 10, least: 100 })
    const grow = Readable.from([Buffer.alloc(20)], { objectMode: false })
    await expect(joined(grow, [before, after], { signal }).toArray()).resolves.toHaveLength(1)
  })

  it('takes archives that are compressed as a whole, from the spool and from there only', async () => {
    const path = join(temp(), 'plain.tar')
    const image = await randomImage({ layers: 2 })
    await writeArchive(path, [{ view: image, refs: [] }], { signal, durability: 'fast' })
    for (const pack of [gzipSync, zstdCompressSync]) {
      const packed = await archive(pack(readFileSync(path)), 'packed.tar')
      await expect(openArchive(packed, { signal })).rejects.toMatchObject({ code: 'ARCHIVE_UNREADABLE' })
      const dir = temp()
      const opened = await openArchive(packed, { signal, spool: contentStore(dir, { durability: 'fast' }) })
      expect(await chooseImage(opened).view.digest()).toBe(await image.digest())
      expect(await validate(chooseImage(opened).view, { signal })).toEqual([])
      await opened.close()
      expect(readdirSync(join(dir, 'ingest'))).toEqual([])
      const cut = await archive(pack(readFileSync(path)).subarray(0, 300), 'cut.tar')
      expect(await failure(cut)).toMatchObject({ code: 'ARCHIVE_DAMAGED', message: expect.stringContaining(cut) })
    }
  })
})

describe('archives with manifests', () => {
  const blob = (bytes: Buffer | string, digest: Digest = digestOf(Buffer.from(bytes))): TarItem => file(`blobs/sha256/${hexOf(digest)}`, bytes)
  const line = (bytes: Buffer | string, mediaType: string, digest = digestOf(Buffer.from(bytes))) => ({ mediaType, digest, size: Buffer.byteLength(bytes) })
  const index = (manifests: readonly object[], number?: number): string =>
    JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests, ...(number !== undefined && { number }) })

  async function parts(image: Image) {
    const [layer] = await image.layers()
    const descriptor = (await layer?.descriptor()) ?? expect.fail('no layer')
    const bytes = Buffer.concat((await (await layer?.compressed({ signal }))?.toArray()) ?? [])
    return { manifest: await image.manifestBytes(), config: await image.configBytes(), layer: bytes, descriptor }
  }

  it.each<[string, (p: Awaited<ReturnType<typeof parts>>) => TarItem[], string, string]>([
    ['a layer missing', ({ manifest, config }) => [blob(manifest), blob(config)], 'ARCHIVE_MISSING_BLOB', 'blobs/sha256/'],
    ['the manifest missing', ({ config, layer }) => [blob(config), blob(layer)], 'ARCHIVE_MISSING_BLOB', 'blobs/sha256/'],
    [
      'a layer of another size',
      (p) => [blob(p.manifest), blob(p.config), blob('short', p.descriptor.digest)],
      'ARCHIVE_ENTRY_WRONG',
      'has 5 bytes, its descriptor says',
    ],
    [
      'a layer of other bytes',
      (p) => [blob(p.manifest), blob(p.config), blob(Buffer.alloc(p.layer.length, 'x'), p.descriptor.digest)],
      'DIGEST_MISMATCH',
      'layer sha256:',
    ],
    [
      'a configuration of other bytes',
      (p) => [blob(p.manifest), blob(p.layer), blob(Buffer.alloc(p.config.length, 'x'), digestOf(p.config))],
      'DIGEST_MISMATCH',
      'configuration',
    ],
    [
      'another manifest',
      (p) => [blob(Buffer.alloc(p.manifest.length, 'x'), digestOf(p.manifest)), blob(p.config), blob(p.layer)],
      'DIGEST_MISMATCH',
      'manifest sha256:',
    ],
    ['one blob twice', (p) => [blob(p.manifest), blob(p.config), blob(p.layer), blob(p.layer)], 'ARCHIVE_DUPLICATE', 'twice'],
  ])('and %s', async (_name, items, code, message) => {
    const p = await parts(await randomImage({ layers: 1 }))
    const path = await archive([
      file('oci-layout', '{"imageLayoutVersion":"1.0.0"}'),
      file('index.json', index([line(p.manifest, mediaTypes.ociManifest)])),
      ...items(p),
    ])
    const found = await failure(path)
    expect(found).toEqual({ code, message: expect.stringContaining(message) })
    expect(found.message).toContain(path)
  })

  it('that name themselves cannot be honest', async () => {
    const lie = digestOf('lie')
    const self = index([{ mediaType: mediaTypes.ociIndex, digest: lie, size: 300 }]).padEnd(300)
    const path = await archive([file('index.json', index([{ mediaType: mediaTypes.ociIndex, digest: lie, size: 300 }])), blob(self, lie)])
    expect(await failure(path)).toEqual({ code: 'DIGEST_MISMATCH', message: expect.stringContaining(path) })
  })

  it('that nest deeper than anybody needs are given up', async () => {
    let inner = index([])
    const items = [blob(inner)]
    for (let i = 0; i < 12; i++) {
      inner = index([line(inner, mediaTypes.ociIndex)])
      items.push(blob(inner))
    }
    expect(await failure(await archive([file('index.json', inner), ...items]))).toMatchObject({ code: 'MANIFEST_INVALID' })
  })

  it('that name one index a thousand times at each of seven floors are read once', async () => {
    let inner = index([])
    const items = [blob(inner)]
    for (let i = 0; i < 6; i++) {
      inner = index(Array(1000).fill(line(inner, mediaTypes.ociIndex)))
      items.push(blob(inner))
    }
    const path = await archive([file('index.json', index([line(inner, mediaTypes.ociIndex)])), ...items])
    const opened = await openArchive(path, { signal })
    const { view } = chooseImage(opened)
    expect(await validate(view, { signal })).toEqual([])
    expect(await weigh(view)).toEqual({ bytes: 0, layers: 0 })
    await readAll(path)
    await saveImage(contentStore(temp(), { durability: 'fast' }), view, { signal })
    await writeArchive(join(temp(), 'copy.tar'), [{ view, refs: [] }], { signal, durability: 'fast' })
    await opened.close()
  })

  it('with thirty thousand names of one image, and with four thousand images, are read in seconds', async () => {
    const image = await randomImage({ layers: 1 })
    const p = await parts(image)
    const named = (i: number, of: object) => ({ ...of, annotations: { 'io.containerd.image.name': `docker.io/library/x:${i}` } })
    const one = line(p.manifest, mediaTypes.ociManifest)
    const many = Array.from({ length: 30_000 }, (_, i) => named(i, one))
    const path = await archive([file('index.json', index(many)), blob(p.manifest), blob(p.config), blob(p.layer)])
    const opened = await openArchive(path, { signal })
    expect(opened.images.map((found) => found.names.length)).toEqual([30_000])
    expect(await weigh(chooseImage(opened).view)).toMatchObject({ layers: 1 })
    await opened.close()

    const empties = Array.from({ length: 4_000 }, (_, i) => index([], i))
    const crowd = await archive([
      file('index.json', index(empties.map((text, i) => named(i, line(text, mediaTypes.ociIndex))))),
      ...empties.map((text) => blob(text)),
    ])
    const { message } = await failure(crowd)
    expect([message.includes('and 3980 more'), message.length < 3000]).toEqual([true, true])
  }, 30_000)
})

describe('an archive cut or changed anywhere', () => {
  it('is refused with its name, or is whole; nothing is half-written', async () => {
    const whole = join(temp(), 'whole.tar')
    await writeArchive(whole, [{ view: await randomImage({ layers: 2, bytes: 3000 }), refs: [] }], { signal, durability: 'fast' })
    const bytes = readFileSync(whole)
    for (let i = 0; i < 60; i++) {
      const at = Math.floor((i / 60) * bytes.length)
      const flipped = Buffer.from(bytes)
      flipped[at] = (flipped[at] ?? 0) ^ 0x5a
      for (const changed of [bytes.subarray(0, at), flipped]) await refusedOrWhole(await archive(changed, 'changed.tar'))
    }
  })

  async function refusedOrWhole(path: string): Promise<void> {
    const dir = temp()
    const store = contentStore(dir, { durability: 'fast' })
    try {
      const opened = await openArchive(path, { signal, spool: store })
      try {
        const { view } = chooseImage(opened)
        await saveImage(store, view, { signal })
        expect(await validate(view, { signal })).toEqual([])
      } finally {
        await opened.close()
      }
    } catch (error) {
      expect(isProblem(error) ? error.message : String(error)).toContain(path)
    }
    for await (const { digest } of store.list()) expect(digestOf(readFileSync(store.blobPath(digest)))).toBe(digest)
    expect(readdirSync(dir).includes('ingest') ? readdirSync(join(dir, 'ingest')) : []).toEqual([])
  }
})
