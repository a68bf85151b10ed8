/** Layers written anew as one: in two passes over their tars, the first to see what there is, the second for the content of files. */
import { createHash } from 'node:crypto'
import { Readable, Transform } from 'node:stream'
import { constants, createZstdCompress } from 'node:zlib'
import { pinnedGzip } from '../../oci/compress.ts'
import { type Digest, digestFromHex } from '../../oci/digest.ts'
import { join } from '../../oci/join.ts'
import { type ImageFormat, layerTypes } from '../../oci/media-types.ts'
import { layerFromBlob } from '../../oci/partial-layer.ts'
import type { Layer } from '../../oci/views.ts'
import type { TarEntry } from '../../tar/entry.ts'
import { readTar, type TarRead } from '../../tar/read-tar.ts'
import { type TarItem, writeTar } from '../../tar/write-tar.ts'
import { passingSource } from '../rootfs/erofs/passing-source.ts'
import { tarOf } from '../rootfs/layer-tar.ts'
import type { BuildStore } from '../store/build-store.ts'
import type { Waiting } from '../tree/node.ts'
import { mergedTree } from './merged-tree.ts'

export interface RewriteOptions extends Waiting {
  readonly store: BuildStore
  readonly format: ImageFormat
  readonly leaveOut: readonly string[]
  /** Instead of gzip. */
  readonly zstd?: { readonly level?: number }
}

/** Lowest first. */
export async function rewriteLayers(layers: readonly Layer[], o: RewriteOptions): Promise<Layer> {
  const tree = mergedTree(o)
  for (const [layer, one] of layers.entries()) {
    const entries: TarEntry[] = []
    for await (const { entry } of entriesOf(one, o)) entries.push(entry)
    tree.addLayer(entries, layer)
  }
  return store(writeTar(items(layers, tree, o), o), o)
}

/** The same tar, packed by another compressor. */
export async function repackLayer(layer: Layer, o: RewriteOptions): Promise<Layer> {
  return store(await layer.uncompressed(o), o)
}

async function* items(layers: readonly Layer[], tree: ReturnType<typeof mergedTree>, o: RewriteOptions): AsyncGenerator<TarItem> {
  for (const entry of tree.plain()) yield { entry }
  const files = tree.files()
  for (const [layer, one] of layers.entries()) {
    let index = 0
    for await (const read of entriesOf(one, o)) {
      const entry = files.get(`${layer}/${index++}`)
      if (entry !== undefined) yield { entry, body: async () => Readable.from(read.body()) }
    }
  }
  for (const entry of tree.links()) yield { entry }
}

async function* entriesOf(layer: Layer, o: Waiting): AsyncGenerator<TarRead> {
  const tar = tarOf(layer)
  const hash = createHash('sha256')
  const source = passingSource(await tar.open(o), async (chunk) => void hash.update(chunk))
  yield* readTar(source, o)
  await source.drain()
  tar.check(hash.digest('hex'))
}

async function store(tar: Readable, o: RewriteOptions): Promise<Layer> {
  const hash = createHash('sha256')
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      done(null, chunk)
    },
  })
  const packers = o.zstd === undefined ? pinnedGzip.streams() : [createZstdCompress(zstdOptions(o.zstd))]
  const { digest, size } = await o.store.putBlob(join(tar, [counted, ...packers], o), o)
  const diffId: Digest = digestFromHex('sha256', hash.digest('hex'))
  const mediaType = layerTypes[o.format][o.zstd === undefined ? 'gzip' : 'zstd']
  return layerFromBlob({ descriptor: { mediaType, digest, size }, diffId: async () => diffId, open: (w) => o.store.openBlob(digest, w) })
}

function zstdOptions({ level }: { readonly level?: number }) {
  return level === undefined ? {} : { params: { [constants.ZSTD_c_compressionLevel]: level } }
}
