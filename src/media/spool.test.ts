/** Layers that are sent while they are compressed: the memory is used again, and whoever sends slowly must not see that. */
import { createHash, hash } from 'node:crypto'
import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { gunzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { tempProject } from '../../test/support/temp-project.ts'
import { digestFromHex } from '../oci/digest.ts'
import { pieceSize } from '../oci/pieces.ts'
import { contentStore } from './content-store.ts'
import { openSpool } from './spool.ts'

const signal = AbortSignal.timeout(60_000)

/** Pieces that stay large, that become a thousand bytes, and that are cut in between. */
function mixture(pieces: number): Buffer {
  const parts = Array.from({ length: pieces }, (_, i) => {
    const part = Buffer.alloc(pieceSize)
    const noisy = [pieceSize, 0, 0, pieceSize >> 2, 300, pieceSize >> 4][i % 6] as number
    for (let at = 0; at < noisy; at += 64)
      createHash('sha512')
        .update(`${i} ${at}`)
        .digest()
        .copy(part, at, 0, Math.min(64, noisy - at))
    return part
  })
  return Buffer.concat([...parts, Buffer.from('the end')])
}

/** As a socket: what it was given is looked at later, and no more is taken meanwhile than fits. */
function slowSocket(got: Buffer[]): Writable {
  return new Writable({
    highWaterMark: 16 * 1024,
    write(chunk: Buffer, _encoding, done) {
      setTimeout(() => {
        got.push(Buffer.from(chunk))
        done()
      }, 4)
    },
  })
}

it('sends what was compressed, although the memory is used again and the receiver is slow', async () => {
  const project = tempProject()
  const tar = mixture(48)
  const spool = openSpool(contentStore(project.path('store')), { signal })
  const layer = spool.layer({
    diffId: digestFromHex('sha256', hash('sha256', tar)),
    format: 'docker',
    size: tar.length,
    pieces: async function* () {
      for (let at = 0; at < tar.length; at += 700_000) yield tar.subarray(at, at + 700_000)
    },
    uncompressed: async () => Readable.from([tar]),
  })
  const got: Buffer[] = []
  await pipeline(Readable.from(layer.unnamed?.({ signal }) ?? [], { objectMode: false }), slowSocket(got), { signal })
  const blob = Buffer.concat(got)
  expect(await layer.descriptor()).toMatchObject({ digest: digestFromHex('sha256', hash('sha256', blob)), size: blob.length })
  expect(gunzipSync(blob).equals(tar)).toBe(true)
  await spool.close()
})
