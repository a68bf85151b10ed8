/** Delivery to an OCI layout folder. */

import { resolve } from 'node:path'
import { writeLayout } from '../../media/write-layout.ts'
import { weigh } from '../../oci/weigh.ts'
import type { Delivery } from '../../ports/delivery.ts'
import { refsOf } from './archive-delivery.ts'
import { inTurn } from './in-turn.ts'

export function layoutDelivery(): Delivery {
  // A layout has one list of its images, which each writer reads and writes anew.
  const turns = inTurn()
  return {
    async deliver(image, to, { signal }) {
      if (to.kind !== 'oci-layout') throw new Error(`a layout cannot take a ${to.kind}`)
      try {
        signal.throwIfAborted()
        await turns(resolve(to.path), () => writeLayout(to.path, [{ view: image, refs: refsOf(to.names) }], { signal }))
        return [{ kind: 'delivered', target: to.path, digest: await image.digest(), bytes: (await weigh(image)).bytes }]
      } catch (error) {
        signal.throwIfAborted()
        return [{ kind: 'refused', target: to.path, error }]
      }
    },
  }
}
