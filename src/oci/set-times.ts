/** Gives an image one time for everything: created, history, and every entry of every layer. Equal files then give equal digests. */
import { Readable } from 'node:stream'
import { streamSource } from '../tar/byte-source.ts'
import { readTar } from '../tar/read-tar.ts'
import { type TarItem, writeTar } from '../tar/write-tar.ts'
import { byteMeter } from './byte-meter.ts'
import type { Compressor } from './compress.ts'
import { drain, join } from './join.ts'
import type { ImageConfig } from './manifest.ts'
import { formatOf, type ImageFormat } from './media-types.ts'
import { replaceLayers } from './mutate.ts'
import { layerFromTar } from './partial-layer.ts'
import type { Image, Layer, Waiting } from './views.ts'

export interface TimeOptions extends Waiting {
  readonly compressor?: Compressor
}

/** Reads every layer once to find its new diffID, under `signal`. The new layers are made anew for each reader: spool them where that matters. */
export async function setTimes(image: Image, time: Date, o: TimeOptions): Promise<Image> {
  const layers: Layer[] = []
  for (const layer of await image.layers()) layers.push(await retimed(layer, time, { ...o, format: formatOf(image.mediaType) }))
  return replaceLayers(image, layers, (config) => dated(config, time.toISOString()))
}

/** Go and others write no fraction where it is zero. */
function dated(config: ImageConfig, text: string): ImageConfig {
  const created = text.replace(/\.0+Z$/, 'Z')
  return { ...config, created, ...(config.history !== undefined && { history: config.history.map((line) => ({ ...line, created })) }) }
}

async function retimed(layer: Layer, time: Date, o: TimeOptions & { readonly format: ImageFormat }): Promise<Layer> {
  const mtimeNs = BigInt(time.getTime()) * 1_000_000n
  const open = async (w: Waiting) => writeTar(entries(await layer.uncompressed(w), mtimeNs, w), w)
  const meter = byteMeter()
  await drain(join(await open(o), [meter.stream], o))
  return layerFromTar({ diffId: meter.digest(), format: o.format, open }, o)
}

async function* entries(tar: Readable, mtimeNs: bigint, o: Waiting): AsyncGenerator<TarItem> {
  for await (const { entry, body } of readTar(streamSource(tar), o)) {
    yield entry.kind === 'file'
      ? { entry: { ...entry, mtimeNs }, body: async () => Readable.from(body(), { objectMode: false }) }
      : { entry: { ...entry, mtimeNs } }
  }
}
