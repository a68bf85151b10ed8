/** The trivy program out of its container image: one file that needs nothing else, kept below the data folder by the digest of the image. */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { problem } from '../../../base/problem.ts'
import { writeAtomically } from '../../../media/atomic-file.ts'
import { fileSink } from '../../../media/file-sink.ts'
import { hexOf } from '../../../oci/digest.ts'
import type { Image } from '../../../oci/views.ts'
import { streamSource } from '../../../tar/byte-source.ts'
import { readTar } from '../../../tar/read-tar.ts'

export interface ProgramWish {
  /** For messages. */
  readonly name: string
  readonly image: Image
  /** Programs are kept here. */
  readonly dir: string
}

const usual = 'usr/local/bin/trivy'

/** Throws SCANNER_MISSING when the image has none. */
export async function programOfImage({ name, image, dir }: ProgramWish, o: { readonly signal: AbortSignal }): Promise<string> {
  const file = join(dir, hexOf(await image.digest()), 'trivy')
  if ((await stat(file).catch(() => undefined)) !== undefined) return file
  const wanted = await placeOf(image)
  // The uppermost layer that has it is the one that counts.
  for (const layer of [...(await image.layers())].reverse()) {
    const tar = await layer.uncompressed(o)
    if (await takeOut(tar, wanted, file, o).finally(() => tar.destroy())) return file
  }
  throw problem('SCANNER_MISSING', { scanner: 'trivy', reason: `the image ${name} has no file /${wanted}` })
}

async function placeOf(image: Image): Promise<string> {
  const first = (await image.config()).config?.Entrypoint?.[0] ?? ''
  return first.startsWith('/') && first.endsWith('/trivy') ? first.slice(1) : usual
}

async function takeOut(tar: Readable, wanted: string, file: string, o: { readonly signal: AbortSignal }): Promise<boolean> {
  for await (const { entry, body } of readTar(streamSource(tar), o)) {
    if (entry.kind !== 'file' || entry.path.replace(/^\.?\//, '') !== wanted) continue
    await writeAtomically(file, (handle) => pipeline(body(), fileSink(handle), { signal: o.signal }), { mode: 0o700 })
    return true
  }
  return false
}
