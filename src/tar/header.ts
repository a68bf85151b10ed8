/** One entry as header blocks: a plain ustar block wherever that can say everything, with a PAX block in front where it cannot. */
import { problem } from '../base/problem.ts'
import { blockSize, paddingAfter, type TarEntry } from './entry.ts'
import { fitsOctal, showPaxTime, writeOctal } from './numbers.ts'
import { encodePax } from './pax.ts'

const typeFlags: Readonly<Record<TarEntry['kind'], string>> = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  char: '3',
  block: '4',
  dir: '5',
  fifo: '6',
}

const second = 1_000_000_000n

export function encodeHeader(entry: TarEntry): Buffer {
  const block = Buffer.alloc(blockSize)
  const pax = new Map<string, Buffer>()
  putPath(block, pax, entry)
  if (entry.kind === 'symlink' || entry.kind === 'hardlink') putText(block, pax, entry.rawTarget ?? entry.target, { key: 'linkpath', offset: 157, width: 100 })
  putText(block, pax, entry.uname ?? '', { key: 'uname', offset: 265, width: 32 })
  putText(block, pax, entry.gname ?? '', { key: 'gname', offset: 297, width: 32 })
  putNumbers(block, pax, entry)
  for (const [name, value] of entry.xattrs ?? []) pax.set(xattrKey(entry, name), value)
  seal(block, typeFlags[entry.kind])
  if (pax.size === 0) return block
  return Buffer.concat([paxBlocks(entry, encodePax(pax)), block])
}

function xattrKey(entry: TarEntry, name: string): string {
  if (name === '' || name.includes('=') || name.includes('\0'))
    throw problem('TAR_UNWRITABLE', { path: entry.path, reason: `the attribute name "${name}" has no place in PAX` })
  return `SCHILY.xattr.${name}`
}

function putNumbers(block: Buffer, pax: Map<string, Buffer>, entry: TarEntry): void {
  const whole = entry.mtimeNs / second
  writeOctal(block, entry.mode & 0o7777, 100, 8)
  putNumber(block, pax, entry.uid, { key: 'uid', offset: 108, width: 8 })
  putNumber(block, pax, entry.gid, { key: 'gid', offset: 116, width: 8 })
  putNumber(block, pax, entry.kind === 'file' ? entry.size : 0, { key: 'size', offset: 124, width: 12 })
  const exact = entry.mtimeNs % second === 0n && fitsOctal(whole, 12)
  if (!exact) pax.set('mtime', Buffer.from(showPaxTime(entry.mtimeNs)))
  writeOctal(block, fitsOctal(whole, 12) ? whole : 0, 136, 12)
  const device = entry.kind === 'char' || entry.kind === 'block' ? entry : { major: 0, minor: 0 }
  if (!fitsOctal(device.major, 8) || !fitsOctal(device.minor, 8))
    throw problem('TAR_UNWRITABLE', { path: entry.path, reason: 'its device numbers are too large' })
  writeOctal(block, device.major, 329, 8)
  writeOctal(block, device.minor, 337, 8)
}

interface Field {
  readonly key: string
  readonly offset: number
  readonly width: number
}

function putNumber(block: Buffer, pax: Map<string, Buffer>, value: number, field: Field): void {
  if (!Number.isSafeInteger(value) || value < 0) throw problem('TAR_UNWRITABLE', { path: field.key, reason: `${value} is not a whole number` })
  const fits = fitsOctal(value, field.width)
  if (!fits) pax.set(field.key, Buffer.from(String(value)))
  writeOctal(block, fits ? value : 0, field.offset, field.width)
}

/** Text in the block when it is short ASCII. Bytes that are not UTF-8 go there too when they fit: every reader takes them as they are. */
function putText(block: Buffer, pax: Map<string, Buffer>, value: string | Buffer, field: Field): void {
  const bytes = Buffer.from(value)
  if (bytes.includes(0)) throw problem('TAR_UNWRITABLE', { path: bytes.toString().replaceAll('\0', '\\0'), reason: 'it holds a NUL byte' })
  const plain = typeof value !== 'string' || isAscii(bytes)
  if (bytes.length > field.width || !plain) pax.set(field.key, bytes)
  bytes.copy(block, field.offset, 0, field.width)
}

/** The name field, with the ustar prefix field when the path splits at a "/". */
function putPath(block: Buffer, pax: Map<string, Buffer>, entry: TarEntry): void {
  const given = entry.rawPath ?? entry.path
  if (given.length === 0) throw problem('TAR_UNWRITABLE', { path: '', reason: 'its path is empty' })
  const slash = entry.kind === 'dir' ? '/' : ''
  const value = typeof given === 'string' ? `${given}${slash}` : Buffer.concat([given, Buffer.from(slash)])
  const bytes = Buffer.from(value)
  const cut = typeof value === 'string' && bytes.length > 100 && isAscii(bytes) ? prefixCut(bytes) : undefined
  if (cut === undefined) {
    putText(block, pax, value, { key: 'path', offset: 0, width: 100 })
    return
  }
  bytes.copy(block, 345, 0, cut)
  bytes.copy(block, 0, cut + 1)
}

/** The last "/" that leaves at most 155 bytes before it and 1 to 100 after it. */
function prefixCut(bytes: Buffer): number | undefined {
  const cut = bytes.lastIndexOf(0x2f, Math.min(155, bytes.length - 2))
  return cut > 0 && bytes.length - cut - 1 <= 100 && !bytes.includes(0) ? cut : undefined
}

function paxBlocks(entry: TarEntry, records: Buffer): Buffer {
  const block = Buffer.alloc(blockSize)
  const name = Buffer.from(
    entry.path
      .replace(/[^\x20-\x7e]/g, '_')
      .split('/')
      .at(-1) ?? '',
    'latin1',
  ).toString('latin1')
  block.write(`PaxHeaders.0/${name}`.slice(0, 100), 0, 'latin1')
  writeOctal(block, 0o644, 100, 8)
  writeOctal(block, 0, 108, 8)
  writeOctal(block, 0, 116, 8)
  writeOctal(block, records.length, 124, 12)
  writeOctal(block, 0, 136, 12)
  seal(block, 'x')
  return Buffer.concat([block, records, Buffer.alloc(paddingAfter(records.length))])
}

function seal(block: Buffer, typeFlag: string): void {
  block.write(typeFlag, 156, 'latin1')
  block.write('ustar\x0000', 257, 'latin1')
  block.fill(0x20, 148, 156)
  let sum = 0
  for (const byte of block) sum += byte
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
}

function isAscii(bytes: Buffer): boolean {
  return bytes.every((byte) => byte < 0x80)
}
