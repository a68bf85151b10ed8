/** The tar of a layer, named by its digest and held to it. */
import { createHash } from 'node:crypto'
import { problem } from '../../base/problem.ts'
import { type Digest, hexOf, shortDigest } from '../../oci/digest.ts'
import { once } from '../../oci/once.ts'
import type { Layer } from '../../oci/views.ts'
import { readTar, type TarRead } from '../../tar/read-tar.ts'
import { unpackLimits } from '../ops/unpack-limits.ts'
import type { Waiting } from '../tree/node.ts'
import type { TarSource } from './erofs/images.ts'
import { passingSource } from './erofs/passing-source.ts'

/** Of a layer that may have to be written before it has a name. */
export function laterTar(layer: () => Promise<Layer>): TarSource {
  const tar = once(async () => (known = tarOf(await layer())))
  let known: TarSource | undefined
  return { name: async () => (await tar()).name(), check: (sha256) => known?.check(sha256), open: async (o) => (await tar()).open(o) }
}

/** A digest of another algorithm cannot be checked in passing: nothing but sha256 is in use for tars. */
export function tarOf(layer: Layer): TarSource {
  const digest = once(async () => (expected = await layer.diffId()))
  let expected: Digest | undefined
  return {
    name: async () => hexOf(await digest()),
    check(sha256) {
      if (expected === undefined || expected === `sha256:${sha256}`) return
      throw problem('DIGEST_MISMATCH', { what: `layer ${shortDigest(expected)}, unpacked`, expected, actual: `sha256:${sha256}` })
    },
    async open(o) {
      await digest()
      return bounded(layer, o)
    },
  }
}

/** Every entry in turn, and at the end whether this was the tar that it should be. */
export async function readWhole(tar: TarSource, each: (read: TarRead) => Promise<void>, o: Waiting): Promise<void> {
  const hash = createHash('sha256')
  const source = passingSource(await tar.open(o), async (chunk) => void hash.update(chunk))
  for await (const read of readTar(source, o)) await each(read)
  await source.drain()
  tar.check(hash.digest('hex'))
}

/** A layer that unpacks beyond all proportion would fill the disk before its digest is known to be wrong. */
async function bounded(layer: Layer, o: Waiting): Promise<AsyncIterable<Uint8Array>> {
  const { size } = await layer.descriptor()
  const limit = Math.max(unpackLimits.least, size * unpackLimits.growth)
  const source = await layer.uncompressed(o)
  return (async function* () {
    let unpacked = 0
    for await (const chunk of source as AsyncIterable<Uint8Array>) {
      unpacked += chunk.length
      if (unpacked > limit) throw problem('UNPACKED_TOO_LARGE', { what: `layer ${shortDigest((await layer.descriptor()).digest)}`, packed: size, limit })
      yield chunk
    }
  })()
}
