/** Delivery to an archive file: the hybrid form, written whole or not at all. */
import { stat } from 'node:fs/promises'
import { ownedLikeFolder } from '../../media/owned-like-folder.ts'
import { writeArchive } from '../../media/write-archive.ts'
import { type ImageRef, parseRef } from '../../oci/ref.ts'
import type { Delivery } from '../../ports/delivery.ts'

export function archiveDelivery(): Delivery {
  return {
    async deliver(image, to, { signal }) {
      if (to.kind !== 'archive') throw new Error(`an archive cannot take a ${to.kind}`)
      try {
        signal.throwIfAborted()
        await ownedLikeFolder(to.path, () => writeArchive(to.path, [{ view: image, refs: refsOf(to.names) }], { signal }))
        const { size } = await stat(to.path)
        return [{ kind: 'delivered', target: to.path, digest: await image.digest(), bytes: size }]
      } catch (error) {
        signal.throwIfAborted()
        return [{ kind: 'refused', target: to.path, error }]
      }
    },
  }
}

/** Names were checked when the job was made. */
export function refsOf(names: readonly string[]): readonly ImageRef[] {
  return names.flatMap((name) => {
    const parsed = parseRef(name)
    return parsed.ok ? [parsed.value] : []
  })
}
