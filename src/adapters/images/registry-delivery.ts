/** Delivery to registries: all references at once, blobs first, tags last, one result each. */

import { shortDigest } from '../../oci/digest.ts'
import { type ImageRef, parseRef } from '../../oci/ref.ts'
import { weigh } from '../../oci/weigh.ts'
import type { Delivered, Delivery } from '../../ports/delivery.ts'
import type { RegistryClient } from '../../registry/client.ts'
import { deliver } from '../../registry/deliver.ts'
import type { PushEvent } from '../../registry/push.ts'

export function registryDelivery(o: { readonly clientFor: (connector: string | undefined) => RegistryClient }): Delivery {
  return {
    async deliver(image, to, { signal, progress }) {
      if (to.kind !== 'registry') throw new Error(`a registry cannot take a ${to.kind}`)
      const refs = new Map<ImageRef, string>(to.refs.flatMap((text) => (parsed(text) === undefined ? [] : [[parsed(text) as ImageRef, text]])))
      const { bytes } = await weigh(image)
      const onEvent = ({ registry, digest, bytes: done, total, state }: PushEvent): void => {
        if (state === 'uploading' || state === 'uploaded')
          progress({ task: `${registry} ${shortDigest(digest)}`, done: state === 'uploaded' ? total : done, total })
      }
      const targets = await deliver(image, [...refs.keys()], { client: o.clientFor(to.connector), signal, onEvent, skipExisting: to.skipExisting ?? false })
      return targets.map((target): Delivered => {
        const name = refs.get(target.ref) ?? ''
        return target.kind === 'failed'
          ? { kind: 'refused', target: name, error: target.problem }
          : { kind: 'delivered', target: name, digest: target.digest, bytes }
      })
    },
  }
}

function parsed(text: string): ImageRef | undefined {
  const ref = parseRef(text)
  return ref.ok ? ref.value : undefined
}
