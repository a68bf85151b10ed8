/**
 * A layer that is nearly one that was written before: pieces of it that are the same are taken from there as they were compressed then,
 * and the layer is byte for byte what it would be without. What a piece becomes hangs on its bytes and the window before it, so those name it.
 */
import { type FileHandle, open } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { ifPresent } from '../../media/file-errors.ts'
import type { PieceMemory } from '../../oci/compress.ts'
import { type Digest, isDigest } from '../../oci/digest.ts'
import type { BuildStore } from '../store/build-store.ts'
import type { Waiting } from '../tree/node.ts'

/** Key, where in the blob, how long, and a checksum: the disk may have changed it since. */
type Row = readonly [key: string, from: number, length: number, crc: number]

export interface LayerMemory extends PieceMemory {
  /** Keeps what was noted, for layers to come. */
  save(blob: Digest, o: Waiting): Promise<void>
  close(): Promise<void>
}

/** Fewer pieces are compressed faster than they are looked up. */
const fewest = 4

/** `compressor`: what was compressed by another is never taken. */
export async function layerMemory(store: BuildStore, compressor: string, previous: Digest | undefined, o: Waiting): Promise<LayerMemory> {
  const rows = previous === undefined ? [] : parseRows(await store.readRecord(recordName(previous), o), compressor)
  const file = previous === undefined || rows.length === 0 ? undefined : await ifPresent(open(store.blobFile(previous), 'r'))
  const known = new Map(rows.map((row) => [row[0], row]))
  const noted: Row[] = []
  return {
    knows: file !== undefined,
    async recall(key) {
      const row = known.get(key)
      return row === undefined || file === undefined ? undefined : readRow(file, row)
    },
    note(key, from, bytes) {
      noted.push([key, from, bytes.length, crc32(bytes)])
    },
    async save(blob, w) {
      if (noted.length >= fewest) await store.writeRecord(recordName(blob), JSON.stringify({ compressor, rows: noted }), w)
    },
    close: async () => void (await file?.close()),
  }
}

function recordName(blob: Digest): string {
  return `pieces-${blob.slice(blob.indexOf(':') + 1)}`
}

async function readRow(file: FileHandle, [, from, length, crc]: Row): Promise<Buffer | undefined> {
  const bytes = Buffer.allocUnsafe(length)
  const { bytesRead } = await file.read(bytes, 0, length, from)
  return bytesRead === length && crc32(bytes) === crc ? bytes : undefined
}

/** A damaged record is none. */
function parseRows(text: string | undefined, compressor: string): readonly Row[] {
  try {
    const value = JSON.parse(text ?? '{}') as { readonly compressor?: unknown; readonly rows?: unknown }
    return value.compressor === compressor && Array.isArray(value.rows) ? value.rows.filter(isRow) : []
  } catch {
    return []
  }
}

function isRow(row: unknown): row is Row {
  return Array.isArray(row) && row.length === 4 && typeof row[0] === 'string' && row.slice(1).every((n) => Number.isSafeInteger(n) && n >= 0)
}

/** The blob of the last layer of a shape, as its record names it. */
export function previousOf(record: string | undefined): Digest | undefined {
  return record !== undefined && isDigest(record) ? record : undefined
}
