/** A tar into a folder that is only there when all of it has come. */
import { mkdir, open, rename, rm, symlink, utimes } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileSink } from '../../../media/file-sink.ts'
import { streamSource } from '../../../tar/byte-source.ts'
import { readTar } from '../../../tar/read-tar.ts'
import { safePath } from '../../../tar/safe-path.ts'

interface Waiting {
  readonly signal: AbortSignal
}

/** Of files and links that this program has packed: nothing is written through a link, as links come last. */
export async function unpackInto(folder: string, tar: Readable, { signal }: Waiting): Promise<void> {
  const partial = `${folder}.partial`
  await rm(partial, { recursive: true, force: true })
  await mkdir(partial, { recursive: true })
  const links: { readonly path: string; readonly target: string }[] = []
  for await (const { entry, body } of readTar(streamSource(tar), { signal })) {
    const path = join(partial, safePath(entry.path))
    if (entry.kind === 'dir') await mkdir(path, { recursive: true })
    else if (entry.kind === 'symlink') links.push({ path, target: entry.target })
    else if (entry.kind === 'file') {
      await mkdir(dirname(path), { recursive: true })
      const file = await open(path, 'w', entry.mode)
      try {
        await pipeline(Readable.from(body(), { objectMode: false }), fileSink(file), { signal })
        await file.chmod(entry.mode)
      } finally {
        await file.close()
      }
      const seconds = Number(entry.mtimeNs) / 1e9
      await utimes(path, seconds, seconds)
    }
  }
  for (const { path, target } of links) {
    await mkdir(dirname(path), { recursive: true })
    await symlink(target, path)
  }
  await rm(folder, { recursive: true, force: true })
  await rename(partial, folder)
}
