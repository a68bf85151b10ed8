/** An archive that the tool wrote into the image store, and the image as it is there. */
import { chooseImage } from '../../../media/archive.ts'
import type { ContentStore } from '../../../media/content-store.ts'
import { openArchive } from '../../../media/open-archive.ts'
import { openStored, saveImage } from '../../../media/stored-image.ts'
import type { Image, Index, Layer } from '../../../oci/views.ts'

export async function takeImage(file: string, store: ContentStore, o: { readonly signal: AbortSignal }): Promise<Image | Index> {
  const archive = await openArchive(file, { signal: o.signal, spool: store })
  try {
    return await openStored(store, await saveImage(store, chooseImage(archive).view, o))
  } finally {
    await archive.close()
  }
}

/** Of an index those of all its images; attestations have none. */
export async function layersOf(view: Image | Index): Promise<readonly Layer[]> {
  if (view.kind === 'image') return view.layers()
  const children = (await view.children()).filter(({ descriptor }) => descriptor.platform?.os !== 'unknown')
  return (await Promise.all(children.map(async ({ open }) => layersOf(await open())))).flat()
}
