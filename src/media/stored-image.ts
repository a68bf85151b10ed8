/** Images in a content store: opened from it, saved into it. */
import { isProblem } from '../base/problem.ts'
import type { Descriptor } from '../oci/descriptor.ts'
import type { Digest } from '../oci/digest.ts'
import { sniffMediaType } from '../oci/schema.ts'
import { openView } from '../oci/view-from-blobs.ts'
import { describe, type Image, type Index, type Waiting } from '../oci/views.ts'
import { walk } from '../oci/walk.ts'
import type { ContentStore } from './content-store.ts'

/** Larger manifests and configurations are refused: no registry takes them. */
export const largestDocument = 16 * 1024 * 1024

export function openStored(store: ContentStore, descriptor: Descriptor): Promise<Image | Index> {
  const read = (wanted: Descriptor) => store.read(wanted.digest, { limit: largestDocument })
  return openView({ name: `the content store`, readManifest: read, readConfig: read, open: (wanted, o) => store.open(wanted.digest, o) }, descriptor)
}

/** The image of a digest with all that it leads to, which is not pruned for now; undefined when any of it is missing. */
export async function wholeImage(store: ContentStore, digest: Digest): Promise<Image | Index | undefined> {
  const size = await store.size(digest)
  if (size === undefined || size > largestDocument) return undefined
  const mediaType = sniffMediaType(await store.read(digest, { limit: largestDocument }))
  if (mediaType === undefined) return undefined
  try {
    const view = await openStored(store, { mediaType, digest, size })
    for await (const part of walk(view)) if (!(await store.reuse(part.descriptor.digest))) return undefined
    return view
  } catch (error) {
    if (isProblem(error, 'BLOB_NOT_FOUND')) return undefined
    throw error
  }
}

/** Copies what the store lacks, blobs before the manifests that name them, and answers the descriptor to remember. */
export async function saveImage(store: ContentStore, view: Image | Index, o: Waiting): Promise<Descriptor> {
  for await (const part of walk(view)) {
    const { digest, size } = part.descriptor
    if (await store.reuse(digest)) continue
    await store.put(part.kind === 'manifest' ? part.bytes : await part.open(o), { signal: o.signal, expected: { digest, size } })
  }
  return describe(view)
}
