/** Advisories into a database file: texts go out as they come, rules are gathered by package and written in the end. */
import type { FileHandle } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import type { Instant } from '../../../base/clock.ts'
import { problem } from '../../../base/problem.ts'
import type { Compiled } from '../../../scan/osv/compile.ts'
import { bucketEntry, bucketKey, type DatabaseHead, hashOfKey, magic, textEntry } from './database-format.ts'

export interface DatabaseWriter {
  add(advisory: Compiled): Promise<void>
  finish(facts: Pick<DatabaseHead, 'sources'> & { readonly importedMs: Instant }): Promise<DatabaseHead>
}

interface Piece {
  readonly offset: number
  readonly size: number
  readonly crc: number
}

/** More than all advisories of the world today, by far. */
const mostAdvisories = 20_000_000
const flushAt = 1024 * 1024

export function databaseWriter(file: FileHandle): DatabaseWriter {
  const texts: Piece[] = []
  const buckets = new Map<string, string[]>()
  const ecosystems = new Map<string, number>()
  const passedOver = new Map<string, number>()
  const out = appender(file)
  return {
    async add({ text, rules, passedOver: others }) {
      for (const name of others) passedOver.set(name, (passedOver.get(name) ?? 0) + 1)
      if (rules.length === 0) return
      if (texts.length >= mostAdvisories)
        throw problem('SCAN_IMPORT_REFUSED', { source: 'the sources', reason: `they hold more than ${mostAdvisories} advisories` })
      const advisory = texts.length
      texts.push(await out.append(Buffer.from(JSON.stringify(text))))
      for (const { ecosystem, name, rule } of rules) {
        const key = bucketKey(ecosystem, name)
        const bucket = buckets.get(key) ?? []
        bucket.push(JSON.stringify({ ...rule, advisory }))
        buckets.set(key, bucket)
        ecosystems.set(ecosystem, (ecosystems.get(ecosystem) ?? 0) + 1)
      }
    },
    async finish({ sources, importedMs }) {
      const placed: { hash: bigint; piece: Piece }[] = []
      for (const [key, rules] of buckets) {
        placed.push({ hash: hashOfKey(key), piece: await out.append(Buffer.from(`[${JSON.stringify(key)},${rules.join(',')}]`)) })
      }
      placed.sort((a, b) => (a.hash < b.hash ? -1 : a.hash > b.hash ? 1 : 0))
      const head: DatabaseHead = {
        version: 1,
        importedMs,
        sources,
        ecosystems: Object.fromEntries([...ecosystems].sort()),
        passedOver: Object.fromEntries([...passedOver].sort()),
        advisories: texts.length,
        texts: await out.append(
          table(
            textEntry,
            texts.map((piece) => ({ piece })),
          ),
        ),
        buckets: await out.append(table(bucketEntry, placed)),
      }
      const { size, crc } = await out.append(Buffer.from(JSON.stringify(head)))
      const tail = Buffer.alloc(8)
      tail.writeUInt32LE(size, 0)
      tail.writeUInt32LE(crc, 4)
      await out.append(Buffer.concat([tail, magic]))
      await out.flush()
      return head
    },
  }
}

function table(width: number, entries: readonly { readonly hash?: bigint; readonly piece: Piece }[]): Buffer {
  const bytes = Buffer.alloc(entries.length * width)
  for (const [i, { hash, piece }] of entries.entries()) {
    let at = i * width
    if (hash !== undefined) at = bytes.writeBigUInt64BE(hash, at)
    at = bytes.writeDoubleLE(piece.offset, at)
    at = bytes.writeUInt32LE(piece.size, at)
    bytes.writeUInt32LE(piece.crc, at)
  }
  return bytes
}

/** Small pieces go out together. */
function appender(file: FileHandle) {
  let waiting: Buffer[] = [magic]
  let size = magic.length
  let offset = magic.length
  const flush = async (): Promise<void> => {
    const bytes = Buffer.concat(waiting)
    waiting = []
    size = 0
    await file.writeFile(bytes)
  }
  return {
    flush,
    async append(bytes: Buffer): Promise<Piece> {
      const piece = { offset, size: bytes.length, crc: crc32(bytes) }
      waiting.push(bytes)
      size += bytes.length
      offset += bytes.length
      if (size >= flushAt) await flush()
      return piece
    },
  }
}
