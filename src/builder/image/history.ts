/** The story of an image: one line per instruction. */
import type { History } from '../../oci/manifest.ts'
import type { Op } from '../lower/op.ts'
import { timestamp } from './go-format.ts'

export type Story = readonly History[]

/** When it was made is told at the end: a layer that was there already is as old as it is. */
export function historyLine(op: Op): History {
  const layer = op.kind !== 'config'
  return { created_by: op.createdBy, comment: 'buildkit.dockerfile.v0', ...(!layer && { empty_layer: true }) }
}

/**
 * Lines that make a layer are as old as the layer, the others as the one before them, or else the first one after them: what was built before
 * and is built again comes out the same. Where nothing tells, it is `nowMs`. Layers are counted from the last, for a base may tell less than it has.
 */
export function dated(story: Story, layers: readonly { readonly createdMs?: number }[], nowMs: number): Story {
  let at = layers.length
  const told = story
    .toReversed()
    .map((line) => {
      const layer = line.empty_layer === true ? undefined : layers[--at]
      return line.created !== undefined || layer?.createdMs === undefined ? line : { ...line, created: timestamp(layer.createdMs) }
    })
    .toReversed()
  const ours = (i: number): boolean => story[i]?.created === undefined
  const first = told.find((line, i) => ours(i) && line.created !== undefined)
  let last = (first ?? story.findLast((line) => line.created !== undefined))?.created ?? timestamp(nowMs)
  return told.map((line, i) => {
    if (!ours(i)) return line
    last = line.created ?? last
    return inOrder(line, last)
  })
}

/** All lines that this build has told, or an earlier stage of it, at one time. */
export function datedAlike(story: Story, nowMs: number): Story {
  return story.map((line) => (line.created === undefined ? inOrder(line, timestamp(nowMs)) : line))
}

/** The order of the fields is part of the digest. */
function inOrder({ created: _created, ...line }: History, created: string): History {
  return { created, ...line }
}
