/** Archives of every form: written, opened, and refused when they are hostile. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { gnuTar } from '../../test/support/gnu-tar.ts'
import type { NonEmpty } from '../base/result.ts'
import { assembleIndex } from '../oci/assemble.ts'
import { collect } from '../oci/join.ts'
import { mediaTypes } from '../oci/media-types.ts'
import { randomImage } from '../oci/random-image.ts'
import { type ImageRef, parseRef } from '../oci/ref.ts'
import { validate } from '../oci/validate.ts'
import type { Image } from '../oci/views.ts'
import { type TarItem, writeTar } from '../tar/write-tar.ts'
import { chooseImage } from './archive.ts'
import { contentStore } from './content-store.ts'
import { openArchive } from './open-archive.ts'
import { writeArchive } from './write-archive.ts'
import { writeLayout } from './write-layout.ts'

const signal = new AbortController().signal
const folders: string[] = []
const temp = () => {
  const folder = mkdtempSync(join(tmpdir(), 'archive-'))
  folders.push(folder)
  return folder
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})
const ref = (text: string): ImageRef => {
  const parsed = parseRef(text)
  return parsed.ok ? parsed.value : expect.fail(text)
}
const common = { mode: 0o644, uid: 0, gid: 0, mtimeNs: 0n }
const file = (path: string, body: Buffer | string): TarItem => ({
  entry: { kind: 'file', path, size: Buffer.byteLength(body), ...common },
  body: Buffer.from(body),
})
const tarAt = async (path: string, items: readonly TarItem[]) => {
  await writeFile(path, Buffer.concat(await writeTar(items, { signal }).toArray()))
  return path
}

/** As docker save did before version 25: plain layers, equal ones as links. */
async function dockerSave(path: string, images: NonEmpty<{ image: Image; tags: string[] }>, pack: (tar: Buffer) => Buffer = (tar) => tar): Promise<string> {
  const items: TarItem[] = []
  const manifest: object[] = []
  for (const [i, { image, tags }] of images.entries()) {
    items.push(file(`config-${i}.json`, await image.configBytes()))
    const layers: string[] = []
    for (const [j, layer] of (await image.layers()).entries()) {
      const tar = gunzipSync((await collect(await layer.compressed({ signal }), 1e9)) ?? '')
      items.push(file(`${i}/${j}/real.tar`, pack(tar)), {
        entry: { kind: 'symlink', path: `${i}/${j}/layer.tar`, target: `../../${i}/${j}/real.tar`, ...common },
      })
      layers.push(`${i}/${j}/layer.tar`)
    }
    manifest.push({ Config: `config-${i}.json`, RepoTags: tags.length === 0 ? null : tags, Layers: layers })
  }
  return tarAt(path, [...items, file('manifest.json', JSON.stringify(manifest))])
}

describe('hybrid archive', () => {
  it('gives back the exact manifests under all names', async () => {
    const path = join(temp(), 'out/x/y.tar')
    const image = await randomImage({ layers: 3, format: 'docker' })
    await writeArchive(path, [{ view: image, refs: [ref('acme/app:1'), ref('localhost:5000/app')] }], { signal })
    expect(statSync(join(path, '..')).mode & 0o777).toBe(0o755)
    await using archive = disposable(await openArchive(path, { signal }))
    expect(archive.manifests).toBe('exact')
    const found = chooseImage(archive, ref('acme/app:1'))
    expect(found.names).toEqual(['docker.io/acme/app:1', 'localhost:5000/app:latest'])
    expect(await found.view.manifestBytes()).toEqual(await image.manifestBytes())
    expect(await validate(found.view, { signal })).toEqual([])
  })

  it('is not written when it is aborted before its first byte', async () => {
    const path = join(temp(), 'a.tar')
    const stop = new AbortController()
    const image = await randomImage()
    const digest = async () => {
      stop.abort(new Error('enough'))
      return image.digest()
    }
    await expect(writeArchive(path, [{ view: { ...image, digest }, refs: [] }], { signal: stop.signal })).rejects.toThrow()
    expect(readdirSync(dirname(path))).toEqual([])
  })

  it('is the same file for the same image', async () => {
    const dir = temp()
    const image = await randomImage({ layers: 2 })
    for (const name of ['a', 'b']) await writeArchive(join(dir, name), [{ view: image, refs: [] }], { signal, durability: 'fast' })
    expect(readFileSync(join(dir, 'a')).equals(readFileSync(join(dir, 'b')))).toBe(true)
  })

  it('holds a docker manifest.json whose paths exist, with each blob once', gnuTar, async () => {
    const path = join(temp(), 'a.tar')
    const image = await randomImage({ layers: 2 })
    await writeArchive(
      path,
      [
        { view: image, refs: [ref('alpine:3')] },
        { view: image, refs: [ref('b:2')] },
      ],
      { signal },
    )
    const { execFileSync } = await import('node:child_process')
    const listing = execFileSync('tar', ['-tf', path], { encoding: 'utf8' }).trim().split('\n')
    expect(new Set(listing).size).toBe(listing.length)
    const [first] = JSON.parse(execFileSync('tar', ['-xOf', path, 'manifest.json'], { encoding: 'utf8' }))
    expect(first.RepoTags).toEqual(['alpine:3'])
    for (const name of [first.Config, ...first.Layers]) expect(listing).toContain(name)
  })

  it('holds whole indexes', async () => {
    const path = join(temp(), 'a.tar')
    const children = await Promise.all(
      ['amd64', 'arm64'].map(async (architecture, seed) => ({
        view: await randomImage({ seed, platform: { os: 'linux', architecture } }),
        platform: { os: 'linux', architecture },
      })),
    )
    const index = await assembleIndex({ format: 'oci', children })
    await writeArchive(path, [{ view: index, refs: [ref('m:1')] }], { signal })
    await using archive = disposable(await openArchive(path, { signal }))
    const found = chooseImage(archive)
    expect([found.view.kind, await found.view.digest()]).toEqual(['index', await index.digest()])
    expect(await validate(found.view, { signal })).toEqual([])
  })

  it('leaves an older file in place when writing fails', async () => {
    const dir = temp()
    const path = join(dir, 'a.tar')
    const image = await randomImage({})
    await writeArchive(path, [{ view: image, refs: [] }], { signal })
    const before = readFileSync(path)
    const [layer] = await image.layers()
    const bad = { ...image, layers: async () => [{ ...(layer ?? expect.fail('layer')), compressed: () => Promise.reject(new Error('disk gone')) }] }
    await expect(writeArchive(path, [{ view: bad, refs: [] }], { signal })).rejects.toThrow('disk gone')
    expect(readFileSync(path).equals(before)).toBe(true)
    expect(readdirSync(dir)).toEqual(['a.tar'])
  })
})

describe('foreign docker archives', () => {
  it.each([
    ['plain', (tar: Buffer) => tar],
    ['gzip', (tar: Buffer) => gzipSync(tar)],
    ['zstd', (tar: Buffer) => zstdCompressSync(tar)],
  ])('with %s layers get one manifest, the same each time', async (_name, pack) => {
    const image = await randomImage({ layers: 2, format: 'docker' })
    const path = await dockerSave(join(temp(), 'd.tar'), [{ image, tags: ['acme/app:1', 'acme/app:2'] }], pack)
    await using archive = disposable(await openArchive(path, { signal }))
    expect(archive.manifests).toBe('rebuilt')
    const { view } = chooseImage(archive, ref('acme/app:2'))
    expect(await validate(view, { signal })).toEqual([])
    expect(view.mediaType).toBe(mediaTypes.dockerManifest)
    expect(view.kind === 'image' && (await view.configBytes())).toEqual(await image.configBytes())
    await using again = disposable(await openArchive(path, { signal, spool: contentStore(temp(), { durability: 'fast' }) }))
    expect(await chooseImage(again).view.digest()).toBe(await view.digest())
    expect(await validate(chooseImage(again).view, { signal })).toEqual([])
  })

  it('with several images want a name', async () => {
    const [one, two] = [await randomImage({ seed: 1 }), await randomImage({ seed: 2 })]
    const path = await dockerSave(join(temp(), 'd.tar'), [
      { image: one, tags: ['a:1'] },
      { image: two, tags: ['b:1'] },
    ])
    await using archive = disposable(await openArchive(path, { signal }))
    expect(() => chooseImage(archive)).toThrowError(
      expect.objectContaining({ code: 'ARCHIVE_AMBIGUOUS', message: expect.stringContaining('docker.io/library/b:1') }),
    )
    expect(() => chooseImage(archive, ref('c:1'))).toThrowError(expect.objectContaining({ code: 'ARCHIVE_NO_SUCH_IMAGE' }))
    const { view } = chooseImage(archive, ref('b:1'))
    expect(view.kind === 'image' && (await view.configBytes())).toEqual(await two.configBytes())
  })

  it.each<[string, (config: Buffer) => TarItem[], string]>([
    ['a missing layer', (config) => [file('c', config), manifestFile(['x.tar'])], 'ARCHIVE_MISSING_BLOB'],
    ['a missing configuration', () => [manifestFile(['x.tar'])], 'ARCHIVE_MISSING_BLOB'],
    ['a doubled layer', (config) => [file('c', config), file('x.tar', 'a'), file('x.tar', 'b'), manifestFile(['x.tar'])], 'ARCHIVE_DUPLICATE'],
    ['a link in a circle', (config) => [file('c', config), link('x.tar', 'y'), link('y', 'x.tar'), manifestFile(['x.tar'])], 'ARCHIVE_MISSING_BLOB'],
    ['an escaping layer name', (config) => [file('c', config), manifestFile(['../../etc/passwd'])], 'ARCHIVE_ENTRY_WRONG'],
    ['an escaping entry', () => [file('../x', 'a')], 'ARCHIVE_ENTRY_WRONG'],
    ['too few layers', (config) => [file('c', config), manifestFile([])], 'IMAGE_INCONSISTENT'],
    ['no table of contents', (config) => [file('c', config)], 'ARCHIVE_UNREADABLE'],
    ['nonsense for one', () => [file('manifest.json', '{"a":1}')], 'ARCHIVE_UNREADABLE'],
  ])('with %s are refused', async (_name, items, code) => {
    const config = await (await randomImage({ layers: 1 })).configBytes()
    const path = await tarAt(join(temp(), 'h.tar'), items(config))
    await expect(openArchive(path, { signal })).rejects.toMatchObject({ code })
  })

  it('with other bytes than the configuration says are found out', async () => {
    const config = await (await randomImage({ layers: 1 })).configBytes()
    const path = await tarAt(join(temp(), 'h.tar'), [file('c', config), file('x.tar', 'tampered'), manifestFile(['x.tar'])])
    await using archive = disposable(await openArchive(path, { signal }))
    await expect(chooseImage(archive).view.digest()).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
  })

  it('that are missing, compressed or no archive are named', async () => {
    const dir = temp()
    await expect(openArchive(join(dir, 'no'), { signal })).rejects.toMatchObject({ code: 'ARCHIVE_NOT_FOUND' })
    await writeFile(join(dir, 'z'), gzipSync('x'))
    await expect(openArchive(join(dir, 'z'), { signal })).rejects.toMatchObject({ code: 'ARCHIVE_UNREADABLE' })
    await writeFile(join(dir, 't'), Buffer.alloc(2000, 'text'))
    await expect(openArchive(join(dir, 't'), { signal })).rejects.toMatchObject({ code: 'ARCHIVE_DAMAGED' })
    await expect(openArchive(dir, { signal })).rejects.toMatchObject({ code: 'ARCHIVE_UNREADABLE' })
  })
})

describe('OCI layouts', () => {
  it('are written, extended and read as folders', async () => {
    const dir = join(temp(), 'layout')
    const [one, two] = [await randomImage({ seed: 1 }), await randomImage({ seed: 2 })]
    await writeLayout(dir, [{ view: one, refs: [ref('a:1')] }], { signal, durability: 'fast' })
    await writeLayout(dir, [{ view: two, refs: [ref('b:1')] }], { signal, durability: 'fast' })
    await writeLayout(dir, [{ view: two, refs: [ref('a:1')] }], { signal, durability: 'fast' })
    expect(existsSync(join(dir, 'oci-layout'))).toBe(true)
    const archive = await openArchive(dir, { signal })
    expect(archive.images.map((image) => image.names)).toEqual([['docker.io/library/b:1', 'docker.io/library/a:1']])
    expect(await validate(chooseImage(archive).view, { signal })).toEqual([])
  })

  it('are read as tar, without docker’s part', gnuTar, async () => {
    const dir = join(temp(), 'layout')
    const image = await randomImage({ layers: 2 })
    await writeLayout(dir, [{ view: image, refs: [] }], { signal, durability: 'fast' })
    const { execFileSync } = await import('node:child_process')
    execFileSync('tar', ['-cf', `${dir}.tar`, '-C', dir, '.'])
    await using archive = disposable(await openArchive(`${dir}.tar`, { signal }))
    expect(await chooseImage(archive).view.digest()).toBe(await image.digest())
    expect(await validate(chooseImage(archive).view, { signal })).toEqual([])
  })
})

function manifestFile(layers: string[]): TarItem {
  return file('manifest.json', JSON.stringify([{ Config: 'c', RepoTags: ['x:1'], Layers: layers }]))
}

function link(path: string, target: string): TarItem {
  return { entry: { kind: 'symlink', path, target, ...common } }
}

function disposable<T extends { close(): Promise<void> }>(thing: T): T & AsyncDisposable {
  return { ...thing, [Symbol.asyncDispose]: () => thing.close() }
}
