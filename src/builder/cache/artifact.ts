/** The cache as a document: the records of a build, whose layers the manifest around it lists. Other people's documents are checked row by row. */
import { createHash } from 'node:crypto'
import type { Descriptor } from '../../oci/descriptor.ts'
import { type Digest, isDigest } from '../../oci/digest.ts'
import type { PackedMount } from '../../ports/cache-mounts.ts'
import { mountFacts } from '../mounts/mount-name.ts'
import { parseLayerRecord } from '../solve/layer-cache.ts'
import { parseStory, type Story } from './story.ts'

export const cacheArtifactType = 'application/vnd.slipway.cache.v1'
export const cacheConfigType = 'application/vnd.slipway.cache.config.v1+json'
/** Where the configuration of an ordinary image holds it: type=inline. */
export const inlineKey = 'vnd.slipway.cache.v1'

export interface CacheRecord {
  readonly name: string
  readonly value: string
  /** When it was last of use, in milliseconds. */
  readonly at: number
}

export interface CacheDocument {
  readonly records: readonly CacheRecord[]
  /** What earlier builds were made of, for explanations. */
  readonly stories: readonly Story[]
  /** Folders of `RUN --mount=type=cache`, each a layer of the manifest. */
  readonly mounts: readonly MountRow[]
}

export interface MountRow extends PackedMount {
  /** When it was packed by a build, in milliseconds; 0: by somebody who asked for it, so it stays until it is replaced. */
  readonly at: number
}

/** What each record may say. Records that are true on one machine only never travel. */
const grammar: readonly (readonly [RegExp, (value: string) => boolean])[] = [
  [/^run-[0-9a-f]{64}$/, (value) => /^result-[0-9a-f-]{36}$/.test(value)],
  [/^result-[0-9a-f-]{36}-(?:oci|docker)$/, (value) => parseLayerRecord(value) !== undefined],
  [/^layer-[0-9a-f]{64}$/, (value) => parseLayerRecord(value) !== undefined],
  [/^copy-[0-9a-f]{64}$/, (value) => /^content-[0-9a-f]{64}$/.test(value)],
  [/^(?:shape|seen)-[0-9a-f]{64}$/, (value) => value === '1'],
  [/^files-[0-9a-f]{64}$/, (value) => value.length <= largestListing],
]

/** Lists of files are for explanations only; longer ones stay on this machine. */
export const largestListing: number = 256 * 1024

export function mayTravel(name: string, value: string): boolean {
  return grammar.some(([pattern, fits]) => pattern.test(name) && fits(value))
}

/** Undefined for records that name no layer. */
export function layerOf(record: Pick<CacheRecord, 'name' | 'value'>): Descriptor | undefined {
  return /^(?:result|layer)-/.test(record.name) ? parseLayerRecord(record.value)?.descriptor : undefined
}

export function encodeDocument({ records, stories, mounts }: CacheDocument): string {
  const sorted = [...records].sort((a, b) => (a.name < b.name ? -1 : 1))
  const sum = createHash('sha256').update(JSON.stringify(sorted)).digest('hex')
  return JSON.stringify({ version: 1, sum, records: sorted, stories, ...(mounts.length > 0 && { mounts: mounts.map(mountRow) }) })
}

/** Undefined: it is none, or of a later version, or damaged. Rows that are not as they should be, or whose layer is not in `layers`, are left out. */
export function parseDocument(value: unknown, layers: ReadonlySet<Digest>): CacheDocument | undefined {
  const given = value as { readonly [K in 'version' | 'sum' | 'records' | 'stories' | 'mounts']?: unknown } | null
  if (typeof given !== 'object' || given?.version !== 1 || !Array.isArray(given.records)) return undefined
  if (given.sum !== createHash('sha256').update(JSON.stringify(given.records)).digest('hex')) return undefined
  const records = given.records.filter((row: unknown): row is CacheRecord => isRecord(row) && mayTravel(row.name, row.value))
  const whole = records.filter((row) => {
    const layer = layerOf(row)
    return layer === undefined || layers.has(layer.digest)
  })
  const stories = Array.isArray(given.stories) ? given.stories.flatMap((one: unknown) => parseStory(one) ?? []) : []
  const mounts = Array.isArray(given.mounts) ? given.mounts.flatMap((one: unknown) => parseMountRow(one, layers) ?? []) : []
  return { records: whole, stories, mounts }
}

function isRecord(row: unknown): row is CacheRecord {
  const { name, value, at } = (row ?? {}) as Partial<CacheRecord>
  return typeof name === 'string' && typeof value === 'string' && typeof at === 'number'
}

function mountRow({ id, from, copy, diffId, descriptor, at }: MountRow): object {
  return { id, from, copy, diffId, descriptor, at }
}

function parseMountRow(value: unknown, layers: ReadonlySet<Digest>): MountRow | undefined {
  const facts = mountFacts(value)
  const { diffId, descriptor, at } = (value ?? {}) as Partial<Record<'diffId' | 'descriptor' | 'at', unknown>>
  const { mediaType, digest, size } = (descriptor ?? {}) as Partial<Record<'mediaType' | 'digest' | 'size', unknown>>
  if (facts === undefined || typeof diffId !== 'string' || !isDigest(diffId) || typeof at !== 'number') return undefined
  if (typeof mediaType !== 'string' || typeof digest !== 'string' || !isDigest(digest) || !Number.isSafeInteger(size)) return undefined
  return layers.has(digest) ? { ...facts, diffId, descriptor: { mediaType, digest, size: Number(size) }, at } : undefined
}
