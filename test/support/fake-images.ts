/** Builder, image source and deliveries that live in memory: for tests of what the engine does with images. */
import { problem } from '../../src/base/problem.ts'
import { randomImage } from '../../src/oci/random-image.ts'
import type { Image, Index } from '../../src/oci/views.ts'
import type { Builder, BuildRequest } from '../../src/ports/builder.ts'
import type { Delivered, Delivery, Destination, ImageSource } from '../../src/ports/delivery.ts'
import type { RemoteImages } from '../../src/ports/remote-images.ts'

export interface FakeImages {
  readonly builders: Readonly<Record<string, Builder>>
  readonly deliveries: Readonly<Record<Destination['kind'], Delivery>>
  readonly images: ImageSource
  readonly remoteImages: RemoteImages
  /** `kind target digest`, in order of arrival. */
  readonly arrived: readonly string[]
  /** What the builder was asked for. */
  readonly requests: readonly BuildRequest[]
}

/** References in `refuse` are refused by their registry. */
export function fakeImages(o: { readonly refuse?: readonly string[]; readonly because?: string } = {}): FakeImages {
  const kept = new Map<string, Image | Index>()
  const arrived: string[] = []
  const requests: BuildRequest[] = []
  const open = async (name: string) => {
    const image = kept.get(name)
    if (image === undefined) throw problem('IMAGE_NOT_STORED', { name, known: [...kept.keys()].join(', ') || 'none' })
    return { image, close: async () => undefined }
  }
  const delivery: Delivery = {
    async deliver(image, to, { signal }) {
      signal.throwIfAborted()
      const targets = to.kind === 'registry' ? to.refs : to.kind === 'load' ? to.names : [to.path]
      const digest = await image.digest()
      return targets.map((target): Delivered => {
        if (o.refuse?.includes(target))
          return { kind: 'refused', target, error: problem('REGISTRY_DENIED', { registry: 'docker.io', what: target, reason: o.because ?? 'no' }) }
        kept.set(target, image)
        arrived.push(`${to.kind} ${target} ${digest}`)
        return { kind: 'delivered', target, digest, bytes: 1 }
      })
    },
  }
  return {
    arrived,
    requests,
    builders: {
      embedded: {
        name: 'embedded',
        check: async () => [],
        async build(request, { emit }) {
          requests.push(request)
          for (const [id, bytes] of request.secrets ?? []) emit({ kind: 'log', text: `${id} is ${Buffer.from(bytes).toString()}` })
          return { image: await randomImage({ seed: 1 }), layers: 1, cachedLayers: 0 }
        },
      },
    },
    deliveries: { registry: delivery, archive: delivery, 'oci-layout': delivery, load: delivery },
    remoteImages: { open, attached: async () => [] },
    images: {
      openArchive: open,
      openStored: open,
      async openDigest(digest) {
        for (const image of kept.values()) if ((await image.digest()) === digest) return { image, close: async () => undefined }
        return undefined
      },
    },
  }
}
