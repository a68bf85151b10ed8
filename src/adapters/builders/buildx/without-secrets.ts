/** BuildKit tells the history of an image with the values of arguments: those that are secrets are taken out of it. */
import { maskedHistory } from '../../../builder/masked-history.ts'
import type { ContentStore } from '../../../media/content-store.ts'
import { openStored, saveImage } from '../../../media/stored-image.ts'
import { assembleIndex } from '../../../oci/assemble.ts'
import { formatOf } from '../../../oci/media-types.ts'
import { editConfig } from '../../../oci/mutate.ts'
import type { Image, Index } from '../../../oci/views.ts'
import type { BuildRequest } from '../../../ports/builder.ts'

/** The image as it is where there is nothing to take out. An index with attestations stays: they are about its images as they were. */
export async function withoutSecrets(
  view: Image | Index,
  request: BuildRequest,
  { store, signal }: { readonly store: ContentStore; readonly signal: AbortSignal },
): Promise<Image | Index> {
  if ((request.secretArgs ?? []).length === 0) return view
  const changed = await masked(view, request)
  return changed === view ? view : openStored(store, await saveImage(store, changed, { signal }))
}

async function masked(view: Image | Index, request: BuildRequest): Promise<Image | Index> {
  if (view.kind === 'image') return maskedImage(view, request)
  const { manifests } = await view.manifest()
  if (manifests.some(({ platform }) => platform?.os === 'unknown')) return view
  const children = await Promise.all(
    (await view.children()).map(async ({ descriptor: { platform, annotations }, open }) => {
      const before = await open()
      const after = await masked(before, request)
      return { before, view: after, ...(platform !== undefined && { platform }), ...(annotations !== undefined && { annotations }) }
    }),
  )
  if (children.every(({ before, view: after }) => before === after)) return view
  const { annotations } = await view.manifest()
  return assembleIndex({ format: formatOf(view.mediaType), children, ...(annotations !== undefined && { annotations }) })
}

async function maskedImage(image: Image, request: BuildRequest): Promise<Image> {
  const { history = [] } = await image.config()
  const told = maskedHistory(history, request)
  if (history.every((line, at) => line.created_by === told[at]?.created_by)) return image
  return editConfig(image, (config) => ({ ...config, history: told }))
}
