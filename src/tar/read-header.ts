/** One header block to its raw fields, before PAX records and GNU long names are laid over them. */
import { problem } from '../base/problem.ts'
import { blockSize } from './entry.ts'
import { readNumber } from './numbers.ts'

export interface RawHeader {
  readonly block: Buffer
  readonly typeFlag: string
  readonly name: Buffer
  readonly linkName: Buffer
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly size: number
  readonly mtime: number
  readonly uname: string
  readonly gname: string
  readonly major: number
  readonly minor: number
}

/** `offset` is the block's place in the archive. */
export function readHeader(block: Buffer, offset: number): RawHeader {
  checkSum(block, offset)
  const typeFlag = String.fromCharCode(block[156] ?? 0)
  const magic = block.toString('latin1', 257, 265)
  const posix = magic.startsWith('ustar\0')
  const extended = posix || magic === 'ustar  \0'
  const prefix = posix ? text(block, 345, 155) : Buffer.alloc(0)
  const name = text(block, 0, 100)
  const device = typeFlag === '3' || typeFlag === '4'
  return {
    block,
    typeFlag,
    name: prefix.length === 0 ? name : Buffer.concat([prefix, Buffer.from('/'), name]),
    linkName: text(block, 157, 100),
    mode: readNumber(block, 100, 8, offset) & 0o7777,
    uid: readNumber(block, 108, 8, offset),
    gid: readNumber(block, 116, 8, offset),
    size: sizeOf(block, offset),
    mtime: readNumber(block, 136, 12, offset),
    uname: extended ? text(block, 265, 32).toString() : '',
    gname: extended ? text(block, 297, 32).toString() : '',
    major: extended && device ? readNumber(block, 329, 8, offset) : 0,
    minor: extended && device ? readNumber(block, 337, 8, offset) : 0,
  }
}

function sizeOf(block: Buffer, offset: number): number {
  const size = readNumber(block, 124, 12, offset)
  if (size < 0) throw problem('TAR_CORRUPT', { offset, reason: 'a size is negative' })
  return size
}

export function isZeroBlock(block: Buffer): boolean {
  return block[0] === 0 && block.every((byte) => byte === 0)
}

function text(block: Buffer, offset: number, width: number): Buffer {
  const end = block.indexOf(0, offset)
  return block.subarray(offset, end < 0 || end > offset + width ? offset + width : end)
}

/** Old writers summed signed bytes; both sums are accepted. */
function checkSum(block: Buffer, offset: number): void {
  const stored = readNumber(block, 148, 8, offset)
  let unsigned = 8 * 0x20
  let signed = unsigned
  for (let i = 0; i < blockSize; i++) {
    if (i >= 148 && i < 156) continue
    const byte = block[i] ?? 0
    unsigned += byte
    signed += byte > 127 ? byte - 256 : byte
  }
  if (stored !== unsigned && stored !== signed) throw problem('TAR_CORRUPT', { offset, reason: 'a header has a wrong checksum; is this a tar archive?' })
}
