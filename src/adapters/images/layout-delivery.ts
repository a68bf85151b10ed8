/** Delivery to an OCI layout folder. */

import { writeLayout } from '../../media/write-layout.ts'
import { weigh } from '../../oci/weigh.ts'
import type { Delivery } from '../../ports/delivery.ts'
import { refsOf } from './archive-delivery.ts'

export function layoutDelivery(): Delivery {
  return {
    async deliver(image, to, { signal }) {
      if (to.kind !== 'oci-layout') throw new Error(`a layout cannot take a ${to.kind}`)
      try {
        await writeLayout(to.path, [{ view: image, refs: refsOf(to.names) }], { signal })
        return [{ kind: 'delivered', target: to.path, digest: await image.digest(), bytes: (await weigh(image)).bytes }]
      } catch (error) {
        signal.throwIfAborted()
        return [{ kind: 'refused', target: to.path, error }]
      }
    },
  }
}
