/** The story of an image: one line per instruction. */
import type { History } from '../../oci/manifest.ts'
import type { Op } from '../lower/op.ts'
import { timestamp } from './go-format.ts'

export type Story = readonly History[]

export function historyLine(op: Op, o: { readonly createdMs: number }): History {
  const layer = op.kind !== 'config'
  return { created: timestamp(o.createdMs), created_by: op.createdBy, comment: 'buildkit.dockerfile.v0', ...(!layer && { empty_layer: true }) }
}
