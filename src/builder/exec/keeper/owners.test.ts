import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { tempProject } from '../../../../test/support/temp-project.ts'
import { decodeOwner, encodeKnown, encodeOwner, readOwnerLog } from './owners.ts'

describe('owners that a file system cannot keep', () => {
  it('are an attribute of eight bytes', () => {
    expect(decodeOwner(encodeOwner({ uid: 1000, gid: 4294967294 }))).toEqual({ uid: 1000, gid: 4294967294 })
    expect(decodeOwner(Buffer.from('1000:1000'))).toBeUndefined()
    expect(decodeOwner(undefined)).toBeUndefined()
  })

  it('are found in the log by inode and birth, the last word counts, and a record that was cut off does not', () => {
    const file = tempProject().path('log')
    const record = (ino: bigint, uid: number, gid: number, born: bigint): Buffer => {
      const bytes = Buffer.alloc(32)
      bytes.writeBigUInt64LE(ino, 0)
      bytes.writeUInt32LE(uid, 16)
      bytes.writeUInt32LE(gid, 20)
      bytes.writeBigUInt64LE(born, 24)
      return bytes
    }
    writeFileSync(file, Buffer.concat([record(5n, 1, 2, 9n), record(6n, 3, 4, 9n), record(5n, 7, 8, 9n), record(7n, 1, 1, 1n).subarray(0, 20)]))
    const log = readOwnerLog(file)
    expect(log.find({ ino: 5n, birthtimeNs: 9n })).toEqual({ uid: 7, gid: 8 })
    expect(log.find({ ino: 6n, birthtimeNs: 9n })).toEqual({ uid: 3, gid: 4 })
    expect(log.find({ ino: 6n, birthtimeNs: 10n })).toBeUndefined()
    expect(log.find({ ino: 7n, birthtimeNs: 1n })).toBeUndefined()
  })

  it('are none where nothing was written', () => {
    expect(readOwnerLog(tempProject().path('none')).find({ ino: 1n, birthtimeNs: 0n })).toBeUndefined()
  })

  it('are handed over with their paths from the root', () => {
    const bytes = encodeKnown(new Map([['bin/ls', { uid: 5, gid: 6 }]]))
    expect(bytes.subarray(8).toString()).toBe('/bin/ls\0')
    expect(decodeOwner(bytes.subarray(0, 8))).toEqual({ uid: 5, gid: 6 })
  })
})
