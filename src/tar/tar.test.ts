/** The tar codec against itself, for any entry. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { streamSource } from './byte-source.ts'
import type { TarEntry } from './entry.ts'
import { readTar } from './read-tar.ts'
import { resolveLink, safePath } from './safe-path.ts'
import { type TarItem, writeTar } from './write-tar.ts'

const signal = new AbortController().signal

async function bytesOf(items: readonly TarItem[]): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of writeTar(items, { signal })) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function readAll(bytes: Buffer, piece = 1000): Promise<{ entry: TarEntry; body: Buffer }[]> {
  const found: { entry: TarEntry; body: Buffer }[] = []
  for await (const item of readTar(streamSource(inPieces(bytes, piece)), { signal })) {
    const chunks: Buffer[] = []
    for await (const chunk of item.body()) chunks.push(chunk)
    found.push({ entry: item.entry, body: Buffer.concat(chunks) })
  }
  return found
}

const base = { mode: 0o644, uid: 0, gid: 0, mtimeNs: 0n }

const part = fc
  .oneof(fc.stringMatching(/^[a-z0-9._ -]{1,60}$/), fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme' }))
  .map((text) => text.replaceAll('/', '_').replaceAll('\0', '_').toWellFormed())
const path = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('/'))
const xattrs = fc.dictionary(fc.stringMatching(/^(user|security|trusted)\.[a-zA-Z0-9._]{1,20}$/), fc.uint8Array({ maxLength: 80 }), { maxKeys: 3 })
const common = fc
  .record({
    path,
    mode: fc.nat(0o7777),
    uid: fc.oneof(fc.nat(0o7777777), fc.integer({ min: 0, max: 2 ** 32 })),
    gid: fc.oneof(fc.nat(65535), fc.integer({ min: 0, max: 2 ** 32 })),
    uname: fc.option(fc.string({ minLength: 1, maxLength: 40 }), { nil: undefined }),
    mtimeNs: fc.bigInt({ min: -(10n ** 18n), max: 10n ** 20n }),
    xattrs,
  })
  .map(({ uname, xattrs: named, ...rest }) => ({
    ...rest,
    ...(uname !== undefined && !uname.includes('\0') && { uname }),
    ...(Object.keys(named).length > 0 && { xattrs: new Map(Object.entries(named).map(([key, value]) => [key, Buffer.from(value)])) }),
  }))
const content = fc.uint8Array({ maxLength: 2000 }).map((bytes) => Buffer.from(bytes))
const item: fc.Arbitrary<TarItem> = fc.oneof(
  fc.tuple(common, content).map(([c, body]) => ({ entry: { kind: 'file' as const, ...c, size: body.length }, body })),
  common.map((c) => ({ entry: { kind: 'dir' as const, ...c } })),
  fc.tuple(common, path, fc.constantFrom('symlink' as const, 'hardlink' as const)).map(([c, target, kind]) => ({ entry: { kind, ...c, target } })),
  fc
    .tuple(common, fc.nat(4095), fc.nat(0xfffff), fc.constantFrom('char' as const, 'block' as const))
    .map(([c, major, minor, kind]) => ({ entry: { kind, ...c, major, minor } })),
  common.map((c) => ({ entry: { kind: 'fifo' as const, ...c } })),
)

describe('tar codec', () => {
  it('reads back what it wrote, whatever the entries and the chunks', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(item, { maxLength: 6 }), fc.integer({ min: 1, max: 3000 }), async (items, piece) => {
        const read = await readAll(await bytesOf(items), piece)
        expect(read.map(({ entry }) => entry)).toEqual(items.map(({ entry }) => entry))
        expect(read.map(({ body }) => body.toString('hex'))).toEqual(items.map(({ body }) => Buffer.from((body as Buffer | undefined) ?? []).toString('hex')))
      }),
      { numRuns: 150 },
    )
  })

  it('writes plain ustar without PAX when that says everything', async () => {
    const long = `${'d'.repeat(90)}/${'f'.repeat(90)}`
    const bytes = await bytesOf([{ entry: { kind: 'file', path: long, size: 0, ...base, uid: 0o7777777 } }])
    expect(bytes.length).toBe(512 + 1024)
    expect((await readAll(bytes))[0]?.entry.path).toBe(long)
  })

  it('gives equal bytes for equal entries', async () => {
    const entry: TarEntry = {
      kind: 'dir',
      path: 'a',
      ...base,
      mtimeNs: 5n,
      xattrs: new Map([
        ['user.b', Buffer.from([0, 255])],
        ['user.a', Buffer.from('x')],
      ]),
    }
    const swapped: TarEntry = { ...entry, xattrs: new Map([...(entry.xattrs ?? [])].reverse()) }
    expect(await bytesOf([{ entry }])).toEqual(await bytesOf([{ entry: swapped }]))
  })

  it('carries sizes above 8 GiB', async () => {
    const size = 9 * 1024 ** 3
    const stream = writeTar([{ entry: { kind: 'file', path: 'big', size, ...base } }], { signal })
    await expect(stream.toArray()).rejects.toMatchObject({ code: 'TAR_UNWRITABLE' })
    const { encodeHeader } = await import('./header.ts')
    const header = encodeHeader({ kind: 'file', path: 'big', size, ...base })
    for await (const found of readTar(streamSource(inPieces(header, 512)), { signal })) {
      expect(found.entry).toMatchObject({ size })
      break
    }
  })

  it('keeps names that are not UTF-8', async () => {
    const rawPath = Buffer.from([0x61, 0xff, 0x62])
    const [read] = await readAll(await bytesOf([{ entry: { kind: 'fifo', path: rawPath.toString(), rawPath, ...base } }]))
    expect(read?.entry.rawPath).toEqual(rawPath)
  })

  it('skips a body that nobody read', async () => {
    const body = Buffer.alloc(5000, 1)
    const bytes = await bytesOf([{ entry: { kind: 'file', path: 'a', size: 5000, ...base }, body }, { entry: { kind: 'fifo', path: 'b', ...base } }])
    const paths: string[] = []
    for await (const found of readTar(streamSource(inPieces(bytes, 700)), { signal })) paths.push(found.entry.path)
    expect(paths).toEqual(['a', 'b'])
  })

  it.each([
    ['shorter', Buffer.alloc(3)],
    ['longer', Buffer.alloc(9)],
  ])('refuses a body that is %s than announced', async (_name, body) => {
    await expect(bytesOf([{ entry: { kind: 'file', path: 'a', size: 5, ...base }, body }])).rejects.toMatchObject({ code: 'TAR_UNWRITABLE' })
  })

  it('says where a cut or damaged archive breaks', async () => {
    const bytes = await bytesOf([{ entry: { kind: 'file', path: 'a', size: 5000, ...base }, body: Buffer.alloc(5000) }])
    await expect(readAll(bytes.subarray(0, 3000))).rejects.toMatchObject({ code: 'TAR_CORRUPT' })
    const damaged = Buffer.from(bytes)
    damaged[0] = 0x7a
    await expect(readAll(damaged)).rejects.toMatchObject({ code: 'TAR_CORRUPT' })
  })

  it('never throws anything but a Problem, whatever the bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(item, { maxLength: 2 }), fc.nat(), fc.nat(255), async (items, at, value) => {
        const bytes = await bytesOf(items)
        bytes[at % bytes.length] = value
        await readAll(bytes).catch((error: unknown) => expect(error).toMatchObject({ name: 'Problem' }))
      }),
      { numRuns: 150 },
    )
  })

  it('refuses an extension header that would fill memory', async () => {
    const { encodeHeader } = await import('./header.ts')
    const header = encodeHeader({ kind: 'file', path: 'x', size: 2 ** 31, ...base })
    header.write('L', 156, 'latin1')
    header.fill(0x20, 148, 156)
    header.write(
      `${header
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
      'latin1',
    )
    await expect(readAll(header)).rejects.toMatchObject({ code: 'TAR_CORRUPT' })
  })
})

describe('paths in archives', () => {
  it.each([
    ['./a//b/', 'a/b'],
    ['/etc/passwd', 'etc/passwd'],
    ['.', ''],
    ['a/./b', 'a/b'],
  ])('takes %s as %s', (given, expected) => expect(safePath(given)).toBe(expected))

  it.each(['../a', 'a/../../b', 'a/..', '/..', 'a\0b'])('refuses %j', (given) =>
    expect(() => safePath(given)).toThrowError(expect.objectContaining({ code: 'TAR_PATH_ESCAPES' })),
  )

  it.each([
    ['a/b/link', '../c', 'a/c'],
    ['a/link', '/etc/x', 'etc/x'],
    ['link', '../../../x', 'x'],
  ])('follows %s -> %s to %s', (at, target, expected) => expect(resolveLink(at, target)).toBe(expected))
})
