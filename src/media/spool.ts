/** Layers that must be compressed are compressed once, into nameless files, and read from there by every receiver. Gone with the archive. */
import type { FileHandle } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { byteMeter } from '../oci/byte-meter.ts'
import type { Descriptor } from '../oci/descriptor.ts'
import { type ImageFormat, layerTypes } from '../oci/media-types.ts'
import { once } from '../oci/once.ts'
import type { Layer, Waiting } from '../oci/views.ts'
import type { ContentStore } from './content-store.ts'
import { fileRange } from './file-range.ts'
import { fileSink } from './file-sink.ts'

export interface Spool {
  /** The same layer; its blob is made when somebody asks for it, once. */
  layer(plain: Layer, format: ImageFormat): Layer
  /** Stops what is still being compressed. Readers must have ended. */
  close(): Promise<void>
}

/** One keeps all cores busy, and is on its way to the registries while the next is compressed. */
const atOnce = 1

/** `signal` bounds the passes that compress. */
export function openSpool(store: ContentStore, o: Waiting): Spool {
  const files: FileHandle[] = []
  const running = new Set<Promise<unknown>>()
  const stop = new AbortController()
  const signal = AbortSignal.any([o.signal, stop.signal])
  const turn = turns(atOnce)
  const pack = async (plain: Layer, format: ImageFormat): Promise<{ readonly descriptor: Descriptor; readonly file: FileHandle }> => {
    signal.throwIfAborted()
    const file = await store.scratch()
    files.push(file)
    const meter = byteMeter()
    await pipeline(await plain.compressed({ signal }), meter.stream, fileSink(file), { signal })
    return { descriptor: { mediaType: layerTypes[format].gzip, digest: meter.digest(), size: meter.size() }, file }
  }
  return {
    layer: (plain, format) => {
      const packed = once(() => {
        const packing = turn(() => pack(plain, format))
        running.add(packing)
        return packing
      })
      return {
        ...plain,
        descriptor: async () => (await packed()).descriptor,
        // Not verified again: nobody else can reach a file without a name.
        compressed: async (w): Promise<Readable> => {
          const { descriptor, file } = await packed()
          return fileRange(file, { offset: 0, size: descriptor.size }, w)
        },
      }
    },
    close: async () => {
      stop.abort()
      await Promise.allSettled(running)
      await Promise.all(files.splice(0).map((file) => file.close()))
    },
  }
}

/** Lets so many work at once; the others wait in the order in which they came. */
function turns(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let free = most
  return async (work) => {
    if (free > 0) free--
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) free++
      else next()
    }
  }
}
