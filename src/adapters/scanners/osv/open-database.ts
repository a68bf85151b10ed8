/** An imported database, open for questions: its head and indexes are checked when it is opened, each answer when it is read. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import * as v from 'valibot'
import { problem } from '../../../base/problem.ts'
import { errorCode } from '../../../media/file-errors.ts'
import type { AdvisoryText } from '../../../scan/osv/compile.ts'
import type { AdvisoryLookup, StoredRule } from '../../../scan/osv/match.ts'
import { bucketEntry, bucketKey, type DatabaseHead, hashOfKey, headShape, magic, tailSize, textEntry } from './database-format.ts'
import { importRemedy, scannerName } from './names.ts'

export interface AdvisoryDatabase extends AdvisoryLookup {
  readonly path: string
  readonly head: DatabaseHead
  close(): void
}

/** Throws SCAN_DATABASE_MISSING or SCAN_DATABASE_BROKEN. Reads are short and few, so they are made at once instead of being waited for. */
export function openDatabase(path: string): AdvisoryDatabase {
  const file = openFile(path)
  try {
    return databaseOf(path, file)
  } catch (error) {
    closeSync(file)
    throw error
  }
}

function openFile(path: string): number {
  try {
    return openSync(path, 'r')
  } catch (error) {
    const reason = errorCode(error) === 'ENOENT' ? `there is no ${path}` : `${path} cannot be read (${errorCode(error) ?? String(error)})`
    throw problem('SCAN_DATABASE_MISSING', { scanner: scannerName, reason, remedy: importRemedy }, { cause: error })
  }
}

interface Region {
  readonly offset: number
  readonly size: number
  readonly crc: number
}

function databaseOf(path: string, file: number): AdvisoryDatabase {
  const broken = (reason: string, cause?: unknown) =>
    problem('SCAN_DATABASE_BROKEN', { scanner: scannerName, database: path, reason, remedy: importRemedy }, { cause })
  const read = ({ offset, size, crc }: Region, what: string): Buffer => {
    const bytes = Buffer.alloc(size)
    if (readSync(file, bytes, 0, size, offset) < size) throw broken(`${what} was cut`)
    if (crc32(bytes) !== crc) throw broken(`${what} is damaged`)
    return bytes
  }
  const { size } = fstatSync(file)
  const head = readHead(file, size, { read, broken })
  const [texts, buckets] = [read(head.texts, 'its index of texts'), read(head.buckets, 'its index of packages')]
  const parse = <T>(bytes: Buffer, what: string): T => {
    try {
      return JSON.parse(bytes.toString('utf8')) as T
    } catch (cause) {
      throw broken(`${what} is no JSON`, cause)
    }
  }
  return {
    path,
    head,
    has: (ecosystem) => Object.hasOwn(head.ecosystems, ecosystem),
    rules(ecosystem, name) {
      const key = bucketKey(ecosystem, name)
      const found: StoredRule[] = []
      for (const at of entriesOf(buckets, hashOfKey(key))) {
        const [own, ...rules] = parse<[string, ...StoredRule[]]>(read(pieceAt(buckets, at + 8), `an entry of ${ecosystem}`), `an entry of ${ecosystem}`)
        if (own === key) found.push(...rules)
      }
      return found
    },
    text: (advisory) => parse<AdvisoryText>(read(pieceAt(texts, advisory * textEntry), 'the text of an advisory'), 'the text of an advisory'),
    close: () => closeSync(file),
  }
}

interface Reading {
  readonly read: (region: Region, what: string) => Buffer
  readonly broken: (reason: string, cause?: unknown) => Error
}

function readHead(file: number, size: number, { read, broken }: Reading): DatabaseHead {
  const tail = Buffer.alloc(tailSize)
  const first = Buffer.alloc(magic.length)
  if (size < magic.length + tailSize || readSync(file, first, 0, first.length, 0) < first.length || !first.equals(magic))
    throw broken('it is no database of advisories')
  readSync(file, tail, 0, tailSize, size - tailSize)
  if (!tail.subarray(8).equals(magic)) throw broken('its end is missing')
  const length = tail.readUInt32LE(0)
  if (length > size - tailSize) throw broken('its head is damaged')
  const bytes = read({ offset: size - tailSize - length, size: length, crc: tail.readUInt32LE(4) }, 'its head')
  const parsed = v.safeParse(headShape, JSON.parse(bytes.toString('utf8')))
  if (!parsed.success) throw broken('its head is of another version')
  return parsed.output
}

function pieceAt(index: Buffer, at: number): Region {
  return { offset: index.readDoubleLE(at), size: index.readUInt32LE(at + 8), crc: index.readUInt32LE(at + 12) }
}

/** Where the entries of a hash begin; there may be several, of several names. */
function* entriesOf(index: Buffer, hash: bigint): Generator<number> {
  let [low, high] = [0, index.length / bucketEntry]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (index.readBigUInt64BE(middle * bucketEntry) < hash) low = middle + 1
    else high = middle
  }
  for (let at = low * bucketEntry; at < index.length && index.readBigUInt64BE(at) === hash; at += bucketEntry) yield at
}
