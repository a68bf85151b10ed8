/** What a layer holds, read once in its life: the entries of its tar without contents, kept as a record under its diffID. */
import { hexOf } from '../../oci/digest.ts'
import type { Layer } from '../../oci/views.ts'
import type { TarEntry } from '../../tar/entry.ts'
import type { TarRead } from '../../tar/read-tar.ts'
import type { BuildStore } from '../store/build-store.ts'
import type { Waiting } from '../tree/node.ts'
import { readWhole, tarOf } from './layer-tar.ts'

export type IndexedEntry = Pick<TarRead, 'entry' | 'offset' | 'stored' | 'sparse'>

/** Gathers the index while somebody else reads the layer for other reasons. */
export interface IndexWriter {
  add(read: IndexedEntry): void
  /** When all of the layer was read, and was what it should be. */
  end(): Promise<readonly IndexedEntry[]>
}

export function indexWriter(layer: Layer, o: Waiting & { readonly store: BuildStore }): IndexWriter {
  const entries: IndexedEntry[] = []
  return {
    add: ({ entry, offset, stored, sparse }) => void entries.push({ entry, offset, stored, ...(sparse !== undefined && { sparse }) }),
    async end() {
      await o.store.writeRecord(await recordName(layer), encode(entries), o)
      return entries
    },
  }
}

/** Only an index that we wrote ourselves, of the layer that it is named by, is trusted: records are private to the store. A damaged one is read anew. */
export async function layerIndex(layer: Layer, o: Waiting & { readonly store: BuildStore }): Promise<readonly IndexedEntry[]> {
  const known = decode(await o.store.readRecord(await recordName(layer), o))
  if (known !== undefined) return known
  const index = indexWriter(layer, o)
  await readWhole(tarOf(layer), async (read) => index.add(read), o)
  return index.end()
}

/** Without reading it. */
export async function isIndexed(layer: Layer, o: Waiting & { readonly store: BuildStore }): Promise<boolean> {
  return (await o.store.readRecord(await recordName(layer), o)) !== undefined
}

async function recordName(layer: Layer): Promise<string> {
  return `index1-${hexOf(await layer.diffId())}`
}

function encode(entries: readonly IndexedEntry[]): string {
  return JSON.stringify(entries.map(({ entry, ...place }) => ({ ...place, entry: plain(entry) })))
}

function plain({ mtimeNs, xattrs, rawPath: _raw, ...entry }: TarEntry): object {
  const pairs = [...(xattrs ?? [])].map(([key, value]) => [key, value.toString('base64')])
  return { ...entry, mtimeNs: String(mtimeNs), ...(pairs.length > 0 && { xattrs: pairs }) }
}

interface PlainEntry {
  readonly mtimeNs: string
  readonly xattrs?: readonly (readonly [string, string])[]
}

function decode(text: string | undefined): readonly IndexedEntry[] | undefined {
  if (text === undefined) return undefined
  try {
    const rows = JSON.parse(text) as readonly (IndexedEntry & { readonly entry: TarEntry & PlainEntry })[]
    return rows.map((row) => ({ ...row, entry: revived(row.entry) }))
  } catch {
    return undefined
  }
}

function revived(entry: Omit<TarEntry, 'mtimeNs' | 'xattrs'> & PlainEntry): TarEntry {
  const { mtimeNs, xattrs, ...rest } = entry
  const map = xattrs && new Map(xattrs.map(([key, value]) => [key, Buffer.from(value, 'base64')]))
  return { ...rest, mtimeNs: BigInt(mtimeNs), ...(map !== undefined && { xattrs: map }) } as TarEntry
}
