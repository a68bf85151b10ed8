/** Writes a bbolt file: nested buckets of keys and values, one leaf (with its overflow pages) per bucket. Enough for test databases. */

/** Keys to values; a Map is a bucket inside. */
export type Bucket = ReadonlyMap<string, Bucket | Buffer>

const pageSize = 4096
const headerSize = 16
const elementSize = 16
const flags = { leaf: 0x02, meta: 0x04, freelist: 0x10 } as const
const bucketElement = 0x01

/** Pages 0 and 1 are the two meta pages, 2 is the empty free list, the buckets follow. */
export function boltFile(root: Bucket): Buffer {
  const pages: Buffer[] = [Buffer.alloc(pageSize), Buffer.alloc(pageSize), page(2, flags.freelist, 0, Buffer.alloc(0))]
  const rootPage = writeBucket(root, pages)
  const count = pages.reduce((sum, bytes) => sum + bytes.length / pageSize, 0)
  pages[0] = metaPage(0, rootPage, count)
  pages[1] = metaPage(1, rootPage, count)
  return Buffer.concat(pages)
}

/** Buckets inside come first, so that their pages are known. Answers the page number. */
function writeBucket(bucket: Bucket, pages: Buffer[]): number {
  const entries = [...bucket].map(([key, value]) => ({ key: Buffer.from(key), value })).sort((a, b) => Buffer.compare(a.key, b.key))
  const written = entries.map(({ key, value }) =>
    Buffer.isBuffer(value) ? { key, value, flag: 0 } : { key, value: bucketValue(writeBucket(value, pages)), flag: bucketElement },
  )
  const number = pages.reduce((sum, bytes) => sum + bytes.length / pageSize, 0)
  pages.push(page(number, flags.leaf, written.length, leafBody(written)))
  return number
}

function bucketValue(rootPage: number): Buffer {
  const value = Buffer.alloc(16)
  value.writeBigUInt64LE(BigInt(rootPage), 0)
  return value
}

function leafBody(elements: readonly { readonly key: Buffer; readonly value: Buffer; readonly flag: number }[]): Buffer {
  const table = Buffer.alloc(elements.length * elementSize)
  let dataAt = table.length
  for (const [i, { key, value, flag }] of elements.entries()) {
    const at = i * elementSize
    table.writeUInt32LE(flag, at)
    // Counted from the element itself.
    table.writeUInt32LE(dataAt - at, at + 4)
    table.writeUInt32LE(key.length, at + 8)
    table.writeUInt32LE(value.length, at + 12)
    dataAt += key.length + value.length
  }
  return Buffer.concat([table, ...elements.flatMap(({ key, value }) => [key, value])])
}

function page(number: number, flag: number, count: number, body: Buffer): Buffer {
  const total = Math.ceil((headerSize + body.length) / pageSize)
  const bytes = Buffer.alloc(total * pageSize)
  bytes.writeBigUInt64LE(BigInt(number), 0)
  bytes.writeUInt16LE(flag, 8)
  bytes.writeUInt16LE(count, 10)
  bytes.writeUInt32LE(total - 1, 12)
  body.copy(bytes, headerSize)
  return bytes
}

function metaPage(number: number, rootPage: number, pageCount: number): Buffer {
  const meta = Buffer.alloc(64)
  meta.writeUInt32LE(0xed0cdaed, 0)
  meta.writeUInt32LE(2, 4)
  meta.writeUInt32LE(pageSize, 8)
  meta.writeBigUInt64LE(BigInt(rootPage), 16)
  meta.writeBigUInt64LE(2n, 32)
  meta.writeBigUInt64LE(BigInt(pageCount), 40)
  meta.writeBigUInt64LE(BigInt(number), 48)
  meta.writeBigUInt64LE(fnv1a(meta.subarray(0, 56)), 56)
  return page(number, flags.meta, 0, meta)
}

function fnv1a(bytes: Buffer): bigint {
  let hash = 0xcbf29ce484222325n
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
  return hash
}
