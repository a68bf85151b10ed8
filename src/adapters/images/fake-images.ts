/** Deliveries that only pretend, and the images they delivered, in memory. What a step asks for and nobody delivered is made up. */
import { digestOf } from '../../oci/digest.ts'
import { randomImage } from '../../oci/random-image.ts'
import type { Image, Index } from '../../oci/views.ts'
import { weigh } from '../../oci/weigh.ts'
import type { Delivered, Delivery, Destination, ImageSource, OpenedImage } from '../../ports/delivery.ts'
import type { RemoteImages } from '../../ports/remote-images.ts'

export interface FakeImages {
  readonly deliveries: Readonly<Record<Destination['kind'], Delivery>>
  readonly images: ImageSource
  readonly remoteImages: RemoteImages
}

export function fakeImages(): FakeImages {
  const files = new Map<string, Image | Index>()
  const stored = new Map<string, Image | Index>()
  const pushed = new Map<string, Image | Index>()
  const open = async (from: ReadonlyMap<string, Image | Index>, name: string, signal: AbortSignal): Promise<OpenedImage> => {
    signal.throwIfAborted()
    return { image: from.get(name) ?? (await madeUp(name)), close: async () => undefined }
  }
  return {
    deliveries: {
      registry: pretended('registry', (to) => to.refs, pushed),
      archive: pretended('archive', (to) => [to.path], files),
      'oci-layout': pretended('oci-layout', (to) => [to.path], files),
      load: pretended('load', (to) => to.names, stored),
    },
    remoteImages: { open: (ref, { signal }) => open(pushed, ref, signal), attached: async () => [] },
    images: {
      openArchive: (path, { signal }) => open(files, path, signal),
      openStored: (name, { signal }) => open(stored, name, signal),
      openDigest: async () => undefined,
    },
  }
}

type DestinationOf<K extends Destination['kind']> = Extract<Destination, { readonly kind: K }>

function pretended<K extends Destination['kind']>(kind: K, targetsOf: (to: DestinationOf<K>) => readonly string[], kept: Map<string, Image | Index>): Delivery {
  return {
    async deliver(image, to, { signal, progress }) {
      signal.throwIfAborted()
      if (to.kind !== kind) throw new Error(`the fake ${kind} cannot take a ${to.kind}`)
      const [digest, { bytes }] = [await image.digest(), await weigh(image)]
      return targetsOf(to as DestinationOf<K>).map((target): Delivered => {
        progress({ task: target, done: bytes, total: bytes })
        kept.set(target, image)
        return { kind: 'delivered', target, digest, bytes }
      })
    },
  }
}

/** Always the same under one name. */
async function madeUp(name: string): Promise<Image> {
  return randomImage({ seed: Number.parseInt(digestOf(name).slice('sha256:'.length, 'sha256:'.length + 8), 16), bytes: 512 })
}
