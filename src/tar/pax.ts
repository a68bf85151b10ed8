/** PAX records: `length key=value\n`, where the length counts itself. Keys and values are bytes, since xattrs are. */
import { problem } from '../base/problem.ts'

export type PaxRecords = ReadonlyMap<string, Buffer>

/** Sorted by key, so that equal records give equal bytes. */
export function encodePax(records: PaxRecords): Buffer {
  const keys = [...records.keys()].sort()
  return Buffer.concat(keys.map((key) => encodeRecord(key, records.get(key) ?? Buffer.alloc(0))))
}

function encodeRecord(key: string, value: Buffer): Buffer {
  const keyBytes = Buffer.from(`${key}=`)
  const rest = 1 + keyBytes.length + value.length + 1
  let length = rest + String(rest).length
  if (rest + String(length).length !== length) length = rest + String(length).length
  return Buffer.concat([Buffer.from(`${length} `), keyBytes, value, Buffer.from('\n')])
}

/** Every record in order; a key may come again (old sparse maps do that). `offset` is where the records stand, for messages. */
export function decodePax(bytes: Buffer, offset: number): readonly (readonly [string, Buffer])[] {
  const records: (readonly [string, Buffer])[] = []
  let at = 0
  while (at < bytes.length) {
    const space = bytes.indexOf(0x20, at)
    const digits = space < 0 ? '' : bytes.toString('latin1', at, space)
    if (!/^[0-9]{1,10}$/.test(digits)) {
      // Some writers pad the record block with NULs.
      if (bytes.subarray(at).every((byte) => byte === 0)) return records
      throw problem('TAR_CORRUPT', { offset: offset + at, reason: 'a PAX record has no length' })
    }
    const end = at + Number(digits)
    const equals = bytes.indexOf(0x3d, space)
    if (end > bytes.length || end <= space || bytes[end - 1] !== 0x0a || equals < 0 || equals >= end) {
      throw problem('TAR_CORRUPT', { offset: offset + at, reason: 'a PAX record has a wrong length' })
    }
    records.push([bytes.toString('utf8', space + 1, equals), bytes.subarray(equals + 1, end - 1)])
    at = end
  }
  return records
}
