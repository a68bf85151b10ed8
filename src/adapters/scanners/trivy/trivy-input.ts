/** An image as a file that trivy reads: the archive as it is where trivy can, else one that is written for it. */
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isProblem } from '../../../base/problem.ts'
import { parseDockerManifest } from '../../../media/schema.ts'
import { openTarFile } from '../../../media/tar-file.ts'
import { writeArchive } from '../../../media/write-archive.ts'
import { isIndexType } from '../../../oci/media-types.ts'
import { parseIndex } from '../../../oci/schema.ts'
import type { Image } from '../../../oci/views.ts'
import type { ScanTarget } from '../../../ports/scanner.ts'

type ImageTarget = Extract<ScanTarget, { readonly kind: 'image' }>

const largestDocument = 16 * 1024 * 1024

/** Below `scratch`, unless it is the file itself. `image` is the one of the target's that is scanned. */
export async function trivyInput({ file, view }: ImageTarget, image: Image, scratch: string, o: { readonly signal: AbortSignal }): Promise<string> {
  if (file !== undefined && view.kind === 'image' && (await readsAsItIs(file, o))) return file
  const path = join(scratch, 'image.tar')
  await writeArchive(path, [{ view: image, refs: [] }], { signal: o.signal, durability: 'fast' })
  return path
}

/** A docker archive of one image, or a layout folder of one: a layout inside a tar is nothing to trivy, and of several images it takes any. */
async function readsAsItIs(file: string, { signal }: { readonly signal: AbortSignal }): Promise<boolean> {
  if ((await stat(file)).isDirectory()) {
    const { manifests } = parseIndex(await readFile(join(file, 'index.json')), file)
    return manifests.length === 1 && !isIndexType(manifests[0]?.mediaType ?? '')
  }
  try {
    const tar = await openTarFile(file, { signal })
    try {
      const manifest = tar.find('manifest.json')
      return manifest !== undefined && parseDockerManifest(await tar.read(manifest, { limit: largestDocument }), file).length === 1
    } finally {
      await tar.close()
    }
  } catch (error) {
    signal.throwIfAborted()
    // Compressed as a whole, or nothing that trivy would understand better than we do.
    if (isProblem(error)) return false
    throw error
  }
}
