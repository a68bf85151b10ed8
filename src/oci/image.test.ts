/** Image views: made, changed and checked. */
import { Readable } from 'node:stream'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { assembleIndex } from './assemble.ts'
import { byteMeter, verifier } from './byte-meter.ts'
import { pinnedGzip } from './compress.ts'
import { decompressed } from './decompress.ts'
import { digestOf, isDigest, parseDigest } from './digest.ts'
import { collect, join } from './join.ts'
import { layerTypes, mediaTypes } from './media-types.ts'
import { annotate, appendLayers, editRunConfig, withFormat } from './mutate.ts'
import { imageFromManifest } from './partial-image.ts'
import { layerFromTar } from './partial-layer.ts'
import { choosePlatform, parsePlatform, showPlatform } from './platform.ts'
import { randomImage, randomLayer } from './random-image.ts'
import { parseConfig, parseManifest } from './schema.ts'
import { validate } from './validate.ts'

const signal = new AbortController().signal
const all = async (stream: Readable) => (await collect(stream, 1e9)) ?? Buffer.alloc(0)
const readable = (bytes: Buffer) => Readable.from([bytes], { objectMode: false })

describe('images', () => {
  it('are the same for the same seed, and valid', async () => {
    const image = await randomImage({ seed: 7, layers: 3 })
    expect(await image.digest()).toBe(await (await randomImage({ seed: 7, layers: 3 })).digest())
    expect(await validate(image, { signal })).toEqual([])
  })

  it('grow by layers, with diffIDs and history', async () => {
    const image = await randomImage({ layers: 1 })
    const layer = await randomLayer({ seed: 9, bytes: 10 })
    const grown = await appendLayers(image, [{ layer, history: { created_by: 'COPY x' } }])
    expect(await validate(grown, { signal })).toEqual([])
    const config = await grown.config()
    expect(config.rootfs.diff_ids.at(-1)).toBe(await layer.diffId())
    expect(config.history?.at(-1)).toEqual({ created_by: 'COPY x' })
    expect((await image.layers()).length).toBe(1)
  })

  it('change configuration, annotations and dialect, and stay valid', async () => {
    const image = await randomImage({ format: 'oci' })
    const changed = await annotate(await editRunConfig(image, (run) => ({ ...run, Cmd: ['/x'] })), { a: 'b' })
    expect((await changed.config()).config).toMatchObject({ Cmd: ['/x'], Env: ['PATH=/bin'] })
    const docker = await withFormat(changed, 'docker')
    const manifest = await docker.manifest()
    expect([manifest.mediaType, manifest.config.mediaType, manifest.layers[0]?.mediaType]).toEqual([
      mediaTypes.dockerManifest,
      mediaTypes.dockerConfig,
      layerTypes.docker.gzip,
    ])
    expect(manifest.annotations).toEqual({ a: 'b' })
    expect(await validate(docker, { signal })).toEqual([])
    expect(await (await withFormat(docker, 'docker')).digest()).toBe(await docker.digest())
  })

  it('make a layer of a plain tar with the pinned compressor', async () => {
    const tar = Buffer.alloc(300_000, 'abc')
    const layer = layerFromTar({ diffId: digestOf(tar), format: 'oci', open: async () => readable(tar) }, { signal })
    const blob = await all(await layer.compressed({ signal }))
    const descriptor = await layer.descriptor()
    expect([descriptor.digest, descriptor.size]).toEqual([digestOf(blob), blob.length])
    expect(blob.subarray(0, 10).toString('hex')).toBe('1f8b08000000000000ff')
    expect(gunzipSync(blob).equals(tar)).toBe(true)
    const liar = layerFromTar({ diffId: digestOf('other'), format: 'oci', open: async () => readable(tar) }, { signal })
    await expect(liar.descriptor()).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
  })

  it('are told apart from tampered ones', async () => {
    const image = await randomImage({ layers: 2 })
    const [first, second] = await image.layers()
    if (first === undefined || second === undefined) throw new Error('two layers expected')
    const swapped = { ...image, layers: async () => [second, first] }
    expect((await validate(swapped, { signal })).length).toBe(2)
    const cut = { ...first, compressed: async () => readable(Buffer.from('x')) }
    expect((await validate({ ...image, layers: async () => [cut, second] }, { signal })).map((d) => d.code)).toContain('IMAGE_INCONSISTENT')
  })

  it('gather in an index', async () => {
    const children = await Promise.all(
      ['amd64', 'arm64'].map(async (architecture) => ({
        view: await randomImage({ platform: { os: 'linux', architecture } }),
        platform: { os: 'linux', architecture },
      })),
    )
    const index = await assembleIndex({ format: 'oci', children })
    expect(await validate(index, { signal })).toEqual([])
    expect((await index.manifest()).manifests.map((d) => d.platform?.architecture)).toEqual(['amd64', 'arm64'])
  })

  it('keep foreign manifests byte-exact, with nulls and unknown fields', async () => {
    const image = await randomImage({ layers: 0 })
    const config = await image.configBytes()
    const text = `{ "schemaVersion":2,"x":1,\n"mediaType":"${mediaTypes.dockerManifest}","config":{"mediaType":"${mediaTypes.dockerConfig}","size":${config.length},"digest":"${digestOf(config)}"},"layers":null}`
    const exact = imageFromManifest({
      name: 'x',
      mediaType: mediaTypes.dockerManifest,
      manifestBytes: Buffer.from(text),
      readConfig: async () => config,
      layer: () => {
        throw new Error('no layers')
      },
    })
    expect((await exact.manifestBytes()).toString()).toBe(text)
    expect(await exact.digest()).toBe(digestOf(text))
    expect(await exact.layers()).toEqual([])
  })

  it('refuse manifests that are none', () => {
    expect(() => parseManifest(Buffer.from('{"schemaVersion":1}'), 'x')).toThrow(/schema 1/)
    expect(() => parseManifest(Buffer.from('<html>'), 'x')).toThrowError(expect.objectContaining({ code: 'MANIFEST_INVALID' }))
    expect(() => parseManifest(Buffer.from('{"schemaVersion":2,"config":{"mediaType":"a","size":1,"digest":"sha256:0"}}'), 'x')).toThrow(
      /config.digest is not a digest/,
    )
    expect(() => parseConfig(Buffer.from('[]'), 'x')).toThrowError(expect.objectContaining({ code: 'CONFIG_INVALID' }))
  })
})

describe('bytes', () => {
  it('are measured and verified in passing', async () => {
    const meter = byteMeter()
    await all(join(readable(Buffer.from('abc')), [meter.stream], { signal }))
    expect([meter.digest(), meter.size()]).toEqual([digestOf('abc'), 3])
    const check = (digest: string, size: number) => all(join(readable(Buffer.from('abc')), [verifier({ digest: parseDigest(digest), size }, 'x')], { signal }))
    await expect(check(digestOf('abc'), 3)).resolves.toBeDefined()
    await expect(check(digestOf('abd'), 3)).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    await expect(check(digestOf('abc'), 2)).rejects.toMatchObject({ code: 'SIZE_MISMATCH' })
    await expect(check(digestOf('abc'), 4)).rejects.toMatchObject({ code: 'SIZE_MISMATCH' })
    await expect(check(digestOf('abc', 'sha512'), 3)).resolves.toBeDefined()
  })

  it('are inflated by what they are, not by what they are called', async () => {
    const { gzipSync, zstdCompressSync } = await import('node:zlib')
    const plain = Buffer.alloc(1e6, 'xyz')
    for (const form of [plain, gzipSync(plain), zstdCompressSync(plain), Buffer.concat([gzipSync(plain.subarray(0, 10)), gzipSync(plain.subarray(10))])]) {
      expect((await all(await decompressed(readable(form), 'x', { signal }))).equals(plain)).toBe(true)
    }
    expect((await all(await decompressed(Readable.from([]), 'x', { signal }))).length).toBe(0)
    await expect(decompressed(readable(Buffer.from('BZh91AY')), 'x', { signal })).rejects.toMatchObject({ code: 'COMPRESSION_UNKNOWN' })
    await expect(all(await decompressed(readable(gzipSync(plain).subarray(0, 500)), 'x', { signal }))).rejects.toThrow()
  })

  it('compress the same however they are cut', async () => {
    const plain = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * i) % 251))
    const pieces = Readable.from([plain.subarray(0, 7), plain.subarray(7, 70_000), plain.subarray(70_000)], { objectMode: false })
    const [a, b] = await Promise.all([all(join(readable(plain), pinnedGzip.streams(), { signal })), all(join(pieces, pinnedGzip.streams(), { signal }))])
    expect(a.equals(b)).toBe(true)
  })

  it('have digests of known algorithms only', () => {
    expect(isDigest(`sha256:${'0'.repeat(64)}`)).toBe(true)
    for (const bad of ['', 'sha256:', `sha256:${'A'.repeat(64)}`, `md5:${'0'.repeat(32)}`, `sha256:${'0'.repeat(63)}`, `toString:${'0'.repeat(64)}`])
      expect(isDigest(bad)).toBe(false)
    expect(() => parseDigest('x')).toThrowError(expect.objectContaining({ code: 'DIGEST_INVALID' }))
  })
})

describe('platforms', () => {
  it.each([
    ['linux/amd64', 'linux/amd64'],
    ['arm64', 'linux/arm64'],
    ['linux/aarch64/v8', 'linux/arm64'],
    ['linux/arm', 'linux/arm/v7'],
    ['linux/arm/6', 'linux/arm/v6'],
    ['Linux/x86_64', 'linux/amd64'],
  ])('reads %s as %s', (text, shown) => {
    const parsed = parsePlatform(text)
    expect(parsed.ok && showPlatform(parsed.value)).toBe(shown)
  })

  it.each(['linux', '', 'a/b/c/d', 'linux/', 'linux/a md'])('refuses %j', (text) => expect(parsePlatform(text).diagnostics[0]?.code).toBe('PLATFORM_INVALID'))

  it('chooses the nearest older variant', () => {
    const arm = (variant: string) => ({ platform: { os: 'linux', architecture: 'arm', variant } })
    expect(choosePlatform({ os: 'linux', architecture: 'arm', variant: 'v7' }, [arm('v5'), arm('v6'), arm('v8')])).toEqual(arm('v6'))
    expect(choosePlatform({ os: 'linux', architecture: 's390x' }, [arm('v6')])).toBeUndefined()
  })
})
