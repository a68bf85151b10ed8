/** The image store of this machine: blobs by digest, names beside them. Later steps, `push` and `images` find images here. */
import { join } from 'node:path'
import { problem } from '../../base/problem.ts'
import { chooseImage } from '../../media/archive.ts'
import { contentStore } from '../../media/content-store.ts'
import { openArchive } from '../../media/open-archive.ts'
import { refsTable } from '../../media/refs-table.ts'
import { openStored, saveImage, wholeImage } from '../../media/stored-image.ts'
import { isDigest } from '../../oci/digest.ts'
import { type ImageRef, parseSourceRef, showRef, withDefaultTag } from '../../oci/ref.ts'
import { weigh } from '../../oci/weigh.ts'
import type { Delivery, ImageSource } from '../../ports/delivery.ts'
import { refsOf } from './archive-delivery.ts'

export interface ImageStore {
  readonly source: ImageSource
  readonly delivery: Delivery
}

export function imageStore(o: { readonly dir: string }): ImageStore {
  const blobs = contentStore(o.dir)
  const names = refsTable(join(o.dir, 'names'))
  return {
    source: {
      async openArchive(path, { signal, name }) {
        const archive = await openArchive(path, { signal, spool: blobs })
        try {
          return { image: chooseImage(archive, name === undefined ? undefined : refOf(name)).view, close: () => archive.close() }
        } catch (error) {
          await archive.close()
          throw error
        }
      },
      async openStored(name) {
        const descriptor = await names.get(fullName(name))
        if (descriptor === undefined) throw problem('IMAGE_NOT_STORED', { name, known: (await names.list()).map((entry) => entry.name).join(', ') || 'none' })
        return { image: await openStored(blobs, descriptor), close: async () => undefined }
      },
      async openDigest(text, { signal }) {
        const image = isDigest(text) ? await wholeImage(blobs, text) : undefined
        signal.throwIfAborted()
        return image && { image, close: async () => undefined }
      },
    },
    delivery: {
      async deliver(image, to, { signal }) {
        if (to.kind !== 'load') throw new Error(`the image store cannot take a ${to.kind}`)
        try {
          signal.throwIfAborted()
          const descriptor = await saveImage(blobs, image, { signal })
          const { bytes } = await weigh(image)
          signal.throwIfAborted()
          for (const ref of refsOf(to.names)) await names.set(showRef(withDefaultTag(ref)), descriptor)
          return to.names.map((target) => ({ kind: 'delivered', target, digest: descriptor.digest, bytes }))
        } catch (error) {
          signal.throwIfAborted()
          return to.names.map((target) => ({ kind: 'refused', target, error }))
        }
      },
    },
  }
}

function refOf(name: string): ImageRef | undefined {
  const parsed = parseSourceRef(name)
  return parsed.ok ? parsed.value : undefined
}

function fullName(name: string): string {
  const ref = refOf(name)
  return ref === undefined ? name : showRef(withDefaultTag(ref))
}
