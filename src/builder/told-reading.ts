/** An image whose layers tell when they are fetched: one step for all of its layers, with the bytes of each. */
import { finished, type Readable, Transform } from 'node:stream'
import { shortDigest } from '../oci/digest.ts'
import { join } from '../oci/join.ts'
import type { Image, Layer, Waiting } from '../oci/views.ts'
import type { Begin, Told } from './tell.ts'

/** Layers that nobody reads are not spoken of. Told at most every so many bytes: events are for people. */
const step = 1024 * 1024

export function toldReading(image: Image, name: string, begin: Begin): Image {
  let told: Told | undefined
  let open = 0
  const start = (): Told => {
    told ??= begin(`[internal] read layers of ${name}`)
    open += 1
    return told
  }
  const stop = (failed: boolean): void => {
    open -= 1
    if (open > 0) return
    told?.end(failed ? 'failed' : 'done')
    told = undefined
  }
  const watch = (layer: Layer, ask: (o: Waiting) => Promise<Readable>, compressed: boolean) => async (o: Waiting) => {
    const current = start()
    const stream = await ask(o).catch((error: unknown) => {
      stop(true)
      throw error
    })
    const { digest, size } = await layer.descriptor()
    const counter = counted((done) => current.progress({ task: shortDigest(digest), done, ...(compressed && { total: size }) }))
    const read = join(stream, [counter], o)
    // A reader that has seen enough goes away early: only what the source says is a failure.
    finished(read, () => stop(stream.errored !== null && !o.signal.aborted))
    return read
  }
  const layers = async (): Promise<readonly Layer[]> =>
    (await image.layers()).map((layer) => ({
      ...layer,
      compressed: watch(layer, layer.compressed, true),
      uncompressed: watch(layer, layer.uncompressed, false),
    }))
  return { ...image, layers }
}

function counted(tell: (bytes: number) => void): Transform {
  let bytes = 0
  let said = 0
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      bytes += chunk.length
      if (bytes - said >= step) {
        said = bytes
        tell(bytes)
      }
      done(null, chunk)
    },
    flush(done) {
      if (bytes > said) tell(bytes)
      done()
    },
  })
}
