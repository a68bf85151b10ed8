/** Archives of `docker save` and of tools that imitate it: layers and a configuration, no manifest. One pinned compressor gives the manifest. */
import type { Readable } from 'node:stream'
import { problem } from '../base/problem.ts'
import { assembleImage } from '../oci/assemble.ts'
import { byteMeter } from '../oci/byte-meter.ts'
import { decompressed, sniffCompression } from '../oci/decompress.ts'
import type { Digest } from '../oci/digest.ts'
import { drain, join } from '../oci/join.ts'
import type { ImageConfig } from '../oci/manifest.ts'
import { type Compression, layerTypes, manifestTypes } from '../oci/media-types.ts'
import { once } from '../oci/once.ts'
import { layerFromTar } from '../oci/partial-layer.ts'
import { parseConfig } from '../oci/schema.ts'
import type { Image, Layer, Waiting } from '../oci/views.ts'
import { type ArchivedImage, fullName } from './archive.ts'
import type { ContentStore } from './content-store.ts'
import { type DockerArchiveImage, parseDockerManifest } from './schema.ts'
import { openSpool, type Spool } from './spool.ts'
import { largestDocument } from './stored-image.ts'
import type { PackedFile, TarFile } from './tar-file.ts'

export interface ForeignOptions extends Waiting {
  /** Where compressed layers are kept until the archive is closed; without it each reader compresses anew. */
  readonly spool?: ContentStore
}

export interface ForeignImages {
  readonly images: readonly ArchivedImage[]
  /** Lets go of the compressed layers. */
  close(): Promise<void>
}

type Source = Waiting & { readonly tar: TarFile; readonly spool: Spool | undefined }

export async function dockerArchiveImages(tar: TarFile, manifest: PackedFile, o: ForeignOptions): Promise<ForeignImages> {
  const listed = parseDockerManifest(await tar.read(manifest, { limit: largestDocument }), tar.path)
  const spool = o.spool === undefined ? undefined : openSpool(o.spool, o)
  const images = await Promise.all(
    listed.map(async (image) => ({ names: image.RepoTags.map(fullName), view: await foreignImage(image, { tar, spool, signal: o.signal }) })),
  )
  return { images, close: async () => spool?.close() }
}

async function foreignImage(listed: DockerArchiveImage, o: Source): Promise<Image> {
  const { tar } = o
  const configBytes = await tar.read(tar.need(listed.Config), { limit: largestDocument })
  const what = `${listed.RepoTags[0] ?? listed.Config} in ${tar.path}`
  const config = parseConfig(configBytes, what)
  const diffIds = config.rootfs.diff_ids
  if (diffIds.length !== listed.Layers.length) {
    throw problem('IMAGE_INCONSISTENT', { what, reason: `its manifest.json lists ${listed.Layers.length} layers, its configuration ${diffIds.length}` })
  }
  const layers = await Promise.all(listed.Layers.map((name, i) => foreignLayer(tar.need(name), diffIds[i] as Digest, o)))
  return lazyImage({ layers, config, configBytes })
}

async function foreignLayer(packed: PackedFile, diffId: Digest, o: Source): Promise<Layer> {
  const { tar } = o
  const head = await tar.read({ ...packed, size: Math.min(8, packed.size) }, { limit: 8 })
  const compression = sniffCompression(head)
  if (compression === 'bzip2' || compression === 'xz') throw problem('COMPRESSION_UNKNOWN', { what: `a layer of ${tar.path}`, format: compression })
  const open = async (w: Waiting) => tar.open(packed, w)
  if (compression !== 'none') return compressedLayer({ open, size: packed.size, diffId, compression, what: `a layer of ${tar.path}` }, o)
  const plain = layerFromTar({ diffId, format: 'docker', open }, o)
  return o.spool === undefined ? plain : o.spool.layer({ ...plain, diffId, format: 'docker', size: packed.size, pieces: (pool) => tar.pieces(packed, pool) })
}

interface PackedLayer {
  open(w: Waiting): Promise<Readable>
  readonly size: number
  readonly diffId: Digest
  readonly compression: Compression
  readonly what: string
}

/** A blob that stays as it is; its digest is not written anywhere and is found by reading it once. */
function compressedLayer(core: PackedLayer, o: Waiting): Layer {
  const descriptor = once(async () => {
    const meter = byteMeter()
    await drain(join(await core.open(o), [meter.stream], o))
    return { mediaType: layerTypes.docker[core.compression], digest: meter.digest(), size: core.size }
  })
  return {
    descriptor,
    diffId: async () => core.diffId,
    compressed: (w) => core.open(w),
    uncompressed: async (w) => decompressed(await core.open(w), core.what, w),
  }
}

/** Compression takes its time and starts only when somebody asks for what depends on it: a layer's descriptor on that layer, the manifest on all. */
function lazyImage({ layers, config, configBytes }: { layers: readonly Layer[]; config: ImageConfig; configBytes: Buffer }): Image {
  const make = once(() => assembleImage({ format: 'docker', config, configBytes, layers }))
  return {
    kind: 'image',
    mediaType: manifestTypes.docker,
    manifestLast: true,
    manifestBytes: async () => (await make()).manifestBytes(),
    manifest: async () => (await make()).manifest(),
    configBytes: async () => configBytes,
    config: async () => config,
    layers: async () => layers,
    digest: async () => (await make()).digest(),
  }
}
