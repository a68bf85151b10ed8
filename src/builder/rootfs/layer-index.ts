/** What a layer holds, read once in its life: the entries of its tar without contents, kept as a record under its diffID. */
import { hexOf } from '../../oci/digest.ts'
import type { Layer } from '../../oci/views.ts'
import { streamSource } from '../../tar/byte-source.ts'
import type { TarEntry } from '../../tar/entry.ts'
import { readTar, type TarRead } from '../../tar/read-tar.ts'
import type { BuildStore } from '../store/build-store.ts'
import type { Waiting } from '../tree/node.ts'

export type IndexedEntry = Pick<TarRead, 'entry' | 'offset' | 'stored' | 'sparse'>

/** Only an index that we wrote ourselves is trusted: records are private to the store. A damaged one is read anew. */
export async function layerIndex(layer: Layer, o: Waiting & { readonly store: BuildStore }): Promise<readonly IndexedEntry[]> {
  const name = await recordName(layer)
  const known = decode(await o.store.readRecord(name, o))
  if (known !== undefined) return known
  const entries: IndexedEntry[] = []
  for await (const { entry, offset, stored, sparse } of readTar(streamSource(await layer.uncompressed(o)), o)) {
    entries.push({ entry, offset, stored, ...(sparse !== undefined && { sparse }) })
  }
  await o.store.writeRecord(name, encode(entries), o)
  return entries
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
