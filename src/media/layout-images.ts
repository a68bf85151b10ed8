/** The images that a layout's index.json lists, grouped by digest with all their names. */
import { problem } from '../base/problem.ts'
import type { Descriptor } from '../oci/descriptor.ts'
import { parseIndex } from '../oci/schema.ts'
import { type BlobPlace, openView } from '../oci/view-from-blobs.ts'
import { type ArchivedImage, fullName } from './archive.ts'

export const layoutFile = 'oci-layout'
export const indexFile = 'index.json'
export const layoutBytes: Buffer = Buffer.from('{"imageLayoutVersion":"1.0.0"}')

/** containerd's full name and the specification's short one. */
export const fullNameKey = 'io.containerd.image.name'
export const refNameKey = 'org.opencontainers.image.ref.name'

/** The path of a blob inside any layout. */
export function blobName(descriptor: Pick<Descriptor, 'digest'>): string {
  return `blobs/${descriptor.digest.replace(':', '/')}`
}

export async function layoutImages(place: BlobPlace, indexBytes: Buffer, path: string): Promise<readonly ArchivedImage[]> {
  const listed = parseIndex(indexBytes, `${path}/${indexFile}`).manifests
  if (listed.length === 0) throw problem('ARCHIVE_UNREADABLE', { path, reason: 'it holds no image' })
  const byDigest = new Map<string, { descriptor: Descriptor; names: Set<string> }>()
  for (const descriptor of listed) {
    const group = byDigest.get(descriptor.digest) ?? { descriptor, names: new Set() }
    const name = nameOf(descriptor)
    if (name !== undefined) group.names.add(name)
    byDigest.set(descriptor.digest, group)
  }
  return Promise.all([...byDigest.values()].map(async ({ descriptor, names }) => ({ names: [...names], view: await openView(place, descriptor) })))
}

/** The short name is only a tag in most tools, a full reference in some. */
function nameOf(descriptor: Descriptor): string | undefined {
  const full = descriptor.annotations?.[fullNameKey]
  if (full !== undefined) return fullName(full)
  const short = descriptor.annotations?.[refNameKey]
  return short === undefined ? undefined : /[/:]/.test(short) ? fullName(short) : short
}
