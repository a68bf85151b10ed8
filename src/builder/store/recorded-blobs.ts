/** Blobs of the image store that the build cache knows: its records name the layers they are about. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ifPresent } from '../../media/file-errors.ts'
import { type Digest, isDigest } from '../../oci/digest.ts'

/** `home`: the data folder, with `build/` in it. */
export async function recordedBlobs(home: string): Promise<readonly Digest[]> {
  const folder = join(home, 'build', 'records')
  const found: Digest[] = []
  for (const name of (await ifPresent(readdir(folder))) ?? []) {
    const text = (await ifPresent(readFile(join(folder, name), 'utf8')).catch(() => undefined)) ?? ''
    for (const [digest] of text.matchAll(/sha(?:256:[0-9a-f]{64}|512:[0-9a-f]{128})/g)) if (isDigest(digest)) found.push(digest)
  }
  return found
}
