/** A change to an image, or to every image of an index: the index is written anew with what became of them. */
import { assembleIndex } from '../../oci/assemble.ts'
import { formatOf } from '../../oci/media-types.ts'
import type { Image, Index } from '../../oci/views.ts'

/** What is for no platform (attestations of what is no more) is left out. */
export async function changeImages(view: Image | Index, change: (image: Image) => Promise<Image>): Promise<Image | Index> {
  if (view.kind === 'image') return change(view)
  const { annotations } = await view.manifest()
  const children = []
  for (const { descriptor, open } of await view.children()) {
    const { platform } = descriptor
    if (platform === undefined || platform.os === 'unknown') continue
    const child = await open()
    children.push({
      view: child.kind === 'image' ? await change(child) : await changeImages(child, change),
      platform,
      ...(descriptor.annotations !== undefined && { annotations: descriptor.annotations }),
    })
  }
  return assembleIndex({ format: formatOf(view.mediaType), children, ...(annotations !== undefined && { annotations }) })
}
