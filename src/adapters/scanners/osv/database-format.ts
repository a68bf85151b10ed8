/**
 * The file that advisories are imported into. Regions one after the other, each found by the head, which is last:
 *
 *   magic | texts … | buckets … | index of texts | index of buckets | head (JSON) | length and check sum of the head | magic
 *
 * A bucket has the rules of one package of one ecosystem; its index is sorted by a hash of both names. Every piece has a check sum, so that what
 * was cut or damaged is noticed by whoever reads it, and the head is checked against the size of the file, so that a cut is noticed at once.
 */
import { createHash } from 'node:crypto'
import * as v from 'valibot'

export const magic = Buffer.from('SLIPADV1', 'latin1')
/** Length and check sum of the head, then the magic again. */
export const tailSize = 8 + magic.length

/** Offset (8 bytes), length, check sum. */
export const textEntry = 16
/** Hash (8 bytes) before the same. */
export const bucketEntry = 24

const region = v.object({ offset: v.number(), size: v.number(), crc: v.number() })
export const headShape = v.object({
  version: v.literal(1),
  importedMs: v.number(),
  sources: v.array(v.object({ name: v.string(), records: v.number(), newestMs: v.number() })),
  /** How many rules there are for each. */
  ecosystems: v.record(v.string(), v.number()),
  /** Ecosystems that are not judged, with how many advisories. */
  passedOver: v.record(v.string(), v.number()),
  advisories: v.number(),
  texts: region,
  buckets: region,
})
export type DatabaseHead = v.InferOutput<typeof headShape>

export function bucketKey(ecosystem: string, name: string): string {
  return `${ecosystem}\n${name}`
}

export function hashOfKey(key: string): bigint {
  return createHash('sha256').update(key).digest().readBigUInt64BE(0)
}
