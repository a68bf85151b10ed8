/** What an opened image archive is, whatever its form: named images, and the choice of one of them. */
import { problem } from '../base/problem.ts'
import { type ImageRef, parseRef, showRef, withDefaultTag } from '../oci/ref.ts'
import type { Image, Index } from '../oci/views.ts'

export interface ArchivedImage {
  /** Full references, `docker.io/library/alpine:3.20`; none when the archive gives no name. */
  readonly names: readonly string[]
  readonly view: Image | Index
}

/** Views stay usable until `close`. */
export interface Archive {
  readonly path: string
  /** `exact`: manifests are in the archive. `rebuilt`: only layers are, and the pinned compressor gives the manifest. */
  readonly manifests: 'exact' | 'rebuilt'
  readonly images: readonly ArchivedImage[]
  close(): Promise<void>
}

/** The image of that name; without a name the only one there is. */
export function chooseImage(archive: Archive, wanted?: ImageRef): ArchivedImage {
  const { path, images } = archive
  const names = someOf(images.flatMap((image) => image.names))
  if (wanted !== undefined) {
    const name = showRef(withDefaultTag(wanted))
    const found = images.find((image) => image.names.includes(name))
    if (found === undefined) throw problem('ARCHIVE_NO_SUCH_IMAGE', { name, path, names })
    return found
  }
  const [only, ...others] = images
  if (only === undefined) throw problem('ARCHIVE_UNREADABLE', { path, reason: 'it holds no image' })
  if (others.length > 0) throw problem('ARCHIVE_AMBIGUOUS', { path, names })
  return only
}

const mostNames = 20

function someOf(names: readonly string[]): string {
  if (names.length === 0) return 'no names'
  const more = names.length - mostNames
  return more > 0 ? `${names.slice(0, mostNames).join(', ')} and ${more} more` : names.join(', ')
}

/** The full form of a name that another tool wrote; names that are none are kept as they are. */
export function fullName(text: string): string {
  const parsed = parseRef(text)
  return parsed.ok ? showRef(withDefaultTag(parsed.value)) : text
}
