/** Opens image archives of every form: ours (hybrid), docker's, OCI layouts as tar and as folder. */
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { problem } from '../base/problem.ts'
import type { Descriptor } from '../oci/descriptor.ts'
import { compressionOf } from '../oci/media-types.ts'
import type { BlobPlace } from '../oci/view-from-blobs.ts'
import type { Archive, ArchivedImage } from './archive.ts'
import { contentStore } from './content-store.ts'
import { dockerArchiveImages, type ForeignOptions } from './docker-archive.ts'
import { ifPresent } from './file-errors.ts'
import { blobName, indexFile, layoutImages } from './layout-images.ts'
import { largestDocument } from './stored-image.ts'
import { openTarFile, type PackedFile, type TarFile } from './tar-file.ts'

/** `signal` bounds opening and, for foreign archives, compressing. Close the archive when its views are no longer needed. */
export async function openArchive(path: string, o: ForeignOptions): Promise<Archive> {
  const facts = await ifPresent(stat(path))
  if (facts === undefined) throw problem('ARCHIVE_NOT_FOUND', { path })
  return facts.isDirectory() ? openLayout(path) : openTar(path, o)
}

async function openLayout(path: string): Promise<Archive> {
  const index = await ifPresent(readFile(join(path, indexFile)))
  if (index === undefined) throw problem('ARCHIVE_UNREADABLE', { path, reason: `the folder has no ${indexFile}` })
  const store = contentStore(path)
  const read = (descriptor: Descriptor) => store.read(descriptor.digest, { limit: largestDocument })
  const place: BlobPlace = { name: path, readManifest: read, readConfig: read, open: (descriptor, w) => store.open(descriptor.digest, w) }
  return { path, manifests: 'exact', images: await layoutImages(place, index, path), close: async () => undefined }
}

async function openTar(path: string, o: ForeignOptions): Promise<Archive> {
  const tar = await openTarFile(path, o)
  try {
    return await archiveOf(tar, o)
  } catch (error) {
    await tar.close()
    throw error
  }
}

async function archiveOf(tar: TarFile, o: ForeignOptions): Promise<Archive> {
  const { path } = tar
  const close = () => tar.close()
  const [index, docker] = [tar.find(indexFile), tar.find('manifest.json')]
  if (index !== undefined) {
    const images = await layoutImages(tarPlace(tar), await tar.read(index, { limit: largestDocument }), path)
    if (docker === undefined || (await areCompressed(images))) return { path, manifests: 'exact', images, close }
  }
  if (docker === undefined) throw problem('ARCHIVE_UNREADABLE', { path, reason: `it has neither manifest.json nor ${indexFile}` })
  const foreign = await dockerArchiveImages(tar, docker, o)
  const closeBoth = async (): Promise<void> => {
    await foreign.close()
    await tar.close()
  }
  return { path, manifests: 'rebuilt', images: foreign.images, close: closeBoth }
}

function tarPlace(tar: TarFile): BlobPlace {
  const read = (descriptor: Descriptor) => tar.read(sized(tar, descriptor), { limit: largestDocument })
  return { name: tar.path, readManifest: read, readConfig: read, open: async (descriptor, w) => tar.open(sized(tar, descriptor), w) }
}

/** docker save without containerd writes manifests over plain layers: true to the archive, but nothing that should reach a registry. */
async function areCompressed(images: readonly ArchivedImage[]): Promise<boolean> {
  for (const { view } of images) {
    if (view.kind === 'index') continue
    if ((await view.manifest()).layers.some((layer) => layer.mediaType.endsWith('.tar') && compressionOf(layer.mediaType) === 'none')) return false
  }
  return true
}

/** Found out before the first byte goes anywhere. */
function sized(tar: TarFile, descriptor: Descriptor): PackedFile {
  const packed = tar.need(blobName(descriptor))
  if (packed.size !== descriptor.size) {
    throw problem('ARCHIVE_ENTRY_WRONG', { path: tar.path, entry: packed.name, reason: `has ${packed.size} bytes, its descriptor says ${descriptor.size}` })
  }
  return packed
}
