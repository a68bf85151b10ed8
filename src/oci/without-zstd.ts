/** The image with plain layers in the place of zstd ones, for receivers from before zstd: same configuration, so the same image ID. */
import { assembleImage } from './assemble.ts'
import { byteMeter } from './byte-meter.ts'
import { drain, join } from './join.ts'
import { compressionOf, formatOf, type ImageFormat, layerTypes } from './media-types.ts'
import { once } from './once.ts'
import type { Image, Layer, Waiting } from './views.ts'

/** Each zstd layer is read once for its size, under `o.signal`. Images without zstd come back as they are. */
export async function withoutZstd(image: Image, o: Waiting): Promise<Image> {
  const format = formatOf(image.mediaType)
  const layers = await image.layers()
  const packed = await Promise.all(layers.map(async (layer) => compressionOf((await layer.descriptor()).mediaType) === 'zstd'))
  if (!packed.includes(true)) return image
  const config = { config: await image.config(), configBytes: await image.configBytes() }
  return assembleImage({ format, ...config, layers: layers.map((layer, i) => (packed[i] === true ? plain(layer, format, o) : layer)) })
}

function plain(layer: Layer, format: ImageFormat, o: Waiting): Layer {
  const descriptor = once(async () => {
    const meter = byteMeter()
    await drain(join(await layer.uncompressed(o), [meter.stream], o))
    return { mediaType: layerTypes[format].none, digest: await layer.diffId(), size: meter.size() }
  })
  return { descriptor, diffId: () => layer.diffId(), compressed: (w) => layer.uncompressed(w), uncompressed: (w) => layer.uncompressed(w) }
}
