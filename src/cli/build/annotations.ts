/** `--annotation [TYPE:]KEY=VALUE`: on the manifest of each image, or on the index. */
import { problem } from '../../base/problem.ts'
import { assembleIndex } from '../../oci/assemble.ts'
import { annotate } from '../../oci/mutate.ts'
import type { Image, Index } from '../../oci/views.ts'

type Place = 'manifest' | 'index'

export interface Annotations {
  readonly manifest: Readonly<Record<string, string>>
  readonly index: Readonly<Record<string, string>>
}

export function readAnnotations(given: readonly string[]): Annotations {
  const found: Record<Place, Record<string, string>> = { manifest: {}, index: {} }
  for (const text of given) {
    const [, types = 'manifest', key = '', value = ''] =
      /^(?:((?:manifest|index|manifest-descriptor|index-descriptor)(?:,[a-z-]+)*):)?([^=]+)=(.*)$/s.exec(text) ?? []
    if (key === '') throw problem('NAME_VALUE_BAD', { option: '--annotation', text })
    for (const type of types.split(',')) {
      if (type !== 'manifest' && type !== 'index')
        throw problem('BUILD_FLAG_INVALID', { flag: '--annotation', text, reason: `annotations of type "${type}" are not known here; manifest and index are` })
      found[type][key] = value
    }
  }
  return found
}

export async function annotated(view: Image | Index, given: Annotations): Promise<Image | Index> {
  if (Object.keys(given.manifest).length === 0 && Object.keys(given.index).length === 0) return view
  if (view.kind === 'image') {
    if (Object.keys(given.index).length > 0)
      throw problem('BUILD_FLAG_INVALID', { flag: '--annotation', text: 'index:...', reason: 'one platform makes an image, not an index' })
    return annotate(view, given.manifest)
  }
  const children = await Promise.all(
    (await view.children()).map(async ({ descriptor, open }) => {
      const child = await open()
      const own = child.kind === 'image' ? await annotate(child, given.manifest) : child
      return { view: own, ...(descriptor.platform !== undefined && { platform: descriptor.platform }) }
    }),
  )
  const format = view.mediaType.includes('docker') ? 'docker' : 'oci'
  return assembleIndex({ format, children, ...(Object.keys(given.index).length > 0 && { annotations: given.index }) })
}
