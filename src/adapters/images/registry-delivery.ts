/** Delivery to registries: all references at once, blobs first, tags last, one result each. */

import { isProblem, type Problem } from '../../base/problem.ts'
import { shortDigest } from '../../oci/digest.ts'
import { type ImageRef, parseRef, type RepositoryRef } from '../../oci/ref.ts'
import { weigh } from '../../oci/weigh.ts'
import type { Delivered, Delivery, DeliveryOptions, Destination } from '../../ports/delivery.ts'
import type { RegistryUse } from '../../ports/registry-use.ts'
import type { RegistryClient } from '../../registry/client.ts'
import { deliver } from '../../registry/deliver.ts'
import type { PushEvent } from '../../registry/push.ts'

export type RegistryDestination = Extract<Destination, { readonly kind: 'registry' }>

export interface RegistryDeliveryParts {
  readonly clientFor: (use: RegistryUse) => RegistryClient
  /** Does for a repository what is asked for before a push. A Problem it throws is the result of that repository's references. */
  readonly prepare: (ref: RepositoryRef, to: RegistryDestination, o: DeliveryOptions) => Promise<void>
}

export function registryDelivery(o: RegistryDeliveryParts): Delivery {
  return {
    async deliver(image, to, delivery) {
      const { signal, progress } = delivery
      if (to.kind !== 'registry') throw new Error(`a registry cannot take a ${to.kind}`)
      const refs = new Map<ImageRef, string>(to.refs.flatMap((text) => (parsed(text) === undefined ? [] : [[parsed(text) as ImageRef, text]])))
      const onEvent = ({ registry, digest, bytes: done, total, state }: PushEvent): void => {
        if (state === 'uploading' || state === 'uploaded')
          progress({ task: `${registry} ${shortDigest(digest)}`, done: state === 'uploaded' ? total : done, total })
      }
      const unready = await prepared([...refs.keys()], (ref) => o.prepare(ref, to, delivery))
      const ready = [...refs.keys()].filter((ref) => !unready.has(ref))
      const targets = await deliver(image, ready, { client: o.clientFor(to.use), signal, onEvent, skipExisting: to.skipExisting ?? false })
      // Not before: layers that have to be compressed are sent while they are.
      const bytes = targets.every(({ kind }) => kind === 'failed') ? 0 : (await weigh(image)).bytes
      const results = new Map(targets.map((target) => [target.ref, target]))
      return [...refs].flatMap(([ref, name]): readonly Delivered[] => {
        const target = results.get(ref)
        if (target === undefined) return [{ kind: 'refused', target: name, error: unready.get(ref) }]
        return target.kind === 'failed'
          ? [{ kind: 'refused', target: name, error: target.problem }]
          : [{ kind: 'delivered', target: name, digest: target.digest, bytes }]
      })
    },
  }
}

/** Each repository once; the references of one that could not be made ready, with the reason. */
async function prepared(refs: readonly ImageRef[], prepare: (ref: ImageRef) => Promise<void>): Promise<ReadonlyMap<ImageRef, Problem>> {
  const unready = new Map<ImageRef, Problem>()
  for (const own of Map.groupBy(refs, ({ registry, repository }) => `${registry}/${repository}`).values()) {
    const [first] = own
    try {
      if (first !== undefined) await prepare(first)
    } catch (error) {
      if (!isProblem(error)) throw error
      for (const ref of own) unready.set(ref, error)
    }
  }
  return unready
}

function parsed(text: string): ImageRef | undefined {
  const ref = parseRef(text)
  return ref.ok ? ref.value : undefined
}
