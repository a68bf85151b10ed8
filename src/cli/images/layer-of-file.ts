/** A tar file, plain or compressed, as a layer: kept in the image store as it is, its diffID found by reading it once. */
import { open as openFile } from 'node:fs/promises'
import { problem } from '../../base/problem.ts'
import type { ContentStore } from '../../media/content-store.ts'
import { byteMeter } from '../../oci/byte-meter.ts'
import { decompressed, sniffCompression } from '../../oci/decompress.ts'
import { drain, join } from '../../oci/join.ts'
import { type ImageFormat, layerTypes } from '../../oci/media-types.ts'
import { layerFromBlob, layerFromTar } from '../../oci/partial-layer.ts'
import type { Layer, Waiting } from '../../oci/views.ts'
import { streamSource } from '../../tar/byte-source.ts'
import { readTar } from '../../tar/read-tar.ts'

/** Throws FILE_UNREADABLE, TAR_CORRUPT. A plain tar is compressed on its way. */
export async function layerOfFile(path: string, format: ImageFormat, o: Waiting & { readonly blobs: ContentStore; readonly cwd: string }): Promise<Layer> {
  const file = await openFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw problem('FILE_UNREADABLE', { file: path, reason: cause.code === 'ENOENT' ? 'there is no such file' : cause.message, cwd: o.cwd }, { cause })
  })
  const blob = await o.blobs.put(file.createReadStream(), o)
  const open = (w: Waiting) => o.blobs.open(blob.digest, w)
  const [head] = await (await o.blobs.open(blob.digest, { ...o, start: 0, end: 7 })).toArray()
  const compression = sniffCompression((head as Buffer | undefined) ?? Buffer.alloc(0))
  if (compression === 'bzip2' || compression === 'xz') throw problem('COMPRESSION_UNKNOWN', { what: path, format: compression })
  const meter = byteMeter()
  const tar = async () => decompressed(await open(o), path, o)
  await drain(join(await tar(), [meter.stream], o))
  // A file that is no tar would be a layer that nobody can unpack.
  for await (const _ of readTar(streamSource(await tar()), o));
  const diffId = meter.digest()
  if (compression === 'none') return layerFromTar({ diffId, format, open }, o)
  return layerFromBlob({ descriptor: { mediaType: layerTypes[format][compression], ...blob }, diffId: async () => diffId, open, place: path })
}
