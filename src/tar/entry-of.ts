/** A raw header with its PAX records and long names laid over it becomes an entry. */
import { problem } from '../base/problem.ts'
import type { TarEntry } from './entry.ts'
import { readPaxTime } from './numbers.ts'
import type { RawHeader } from './read-header.ts'

export interface Overlay {
  /** Global and own records, own ones winning. */
  readonly pax: ReadonlyMap<string, Buffer>
  /** Own records in order. */
  readonly records: readonly (readonly [string, Buffer])[]
  /** GNU long name and long link. */
  readonly name?: Buffer
  readonly link?: Buffer
}

type Kind = TarEntry['kind']

const kinds: Readonly<Record<string, Kind>> = {
  '0': 'file',
  '\0': 'file',
  '7': 'file',
  S: 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'char',
  '4': 'block',
  '5': 'dir',
  D: 'dir',
  '6': 'fifo',
}

/** Bytes that the entry takes in the archive. Links and devices have none, whatever their size field says. */
export function storedSize(header: RawHeader, overlay: Overlay): number {
  const bodied = header.typeFlag === 'D' || kinds[header.typeFlag] === 'file'
  return bodied ? (numberOf(overlay, 'size') ?? header.size) : 0
}

/** `size` is the real size of a sparse file; `where` the header's place. */
export function entryOf(header: RawHeader, overlay: Overlay, o: { readonly where: number; readonly size?: number }): TarEntry {
  const listed = kinds[header.typeFlag]
  if (listed === undefined) throw problem('TAR_CORRUPT', { offset: o.where, reason: `entries of type "${header.typeFlag}" are not known` })
  const path = overlay.pax.get('GNU.sparse.name') ?? overlay.pax.get('path') ?? overlay.name ?? header.name
  const kind = listed === 'file' && header.typeFlag !== 'S' && path.at(-1) === 0x2f ? 'dir' : listed
  const common = {
    ...pathOf(trimmed(path), o.where),
    ...ownerOf(header, overlay),
    mode: header.mode,
    mtimeNs: mtimeOf(header, overlay, o.where),
    ...xattrsOf(overlay),
  }
  switch (kind) {
    case 'file':
      return { kind, ...common, size: o.size ?? storedSize(header, overlay) }
    case 'symlink':
    case 'hardlink':
      return { kind, ...common, ...targetOf(overlay.pax.get('linkpath') ?? overlay.link ?? header.linkName) }
    case 'char':
    case 'block':
      return { kind, ...common, major: numberOf(overlay, 'SCHILY.devmajor') ?? header.major, minor: numberOf(overlay, 'SCHILY.devminor') ?? header.minor }
    default:
      return { kind, ...common }
  }
}

function trimmed(path: Buffer): Buffer {
  let end = path.length
  while (end > 1 && path[end - 1] === 0x2f) end--
  return path.subarray(0, end)
}

function pathOf(bytes: Buffer, where: number): { path: string; rawPath?: Buffer } {
  if (bytes.length === 0) throw problem('TAR_CORRUPT', { offset: where, reason: 'an entry has no name' })
  const path = bytes.toString('utf8')
  return Buffer.from(path).equals(bytes) ? { path } : { path, rawPath: Buffer.from(bytes) }
}

function targetOf(bytes: Buffer): { target: string; rawTarget?: Buffer } {
  const target = bytes.toString('utf8')
  return Buffer.from(target).equals(bytes) ? { target } : { target, rawTarget: Buffer.from(bytes) }
}

function ownerOf(header: RawHeader, overlay: Overlay) {
  const uname = overlay.pax.get('uname')?.toString() ?? header.uname
  const gname = overlay.pax.get('gname')?.toString() ?? header.gname
  return {
    uid: numberOf(overlay, 'uid') ?? header.uid,
    gid: numberOf(overlay, 'gid') ?? header.gid,
    ...(uname !== '' && { uname }),
    ...(gname !== '' && { gname }),
  }
}

function mtimeOf(header: RawHeader, overlay: Overlay, where: number): bigint {
  const pax = overlay.pax.get('mtime')?.toString()
  return pax === undefined ? BigInt(header.mtime) * 1_000_000_000n : readPaxTime(pax, where)
}

function numberOf(overlay: Overlay, key: string): number | undefined {
  const text = overlay.pax.get(key)?.toString()
  if (text === undefined) return undefined
  const value = Number(text)
  if (!/^[0-9]+$/.test(text) || !Number.isSafeInteger(value))
    throw problem('TAR_CORRUPT', { offset: 0, reason: `the PAX record ${key}=${text.slice(0, 40)} is not a number` })
  return value
}

function xattrsOf(overlay: Overlay): { xattrs?: ReadonlyMap<string, Buffer> } {
  const found = [...overlay.pax].filter(([key]) => key.startsWith('SCHILY.xattr.'))
  return found.length === 0 ? {} : { xattrs: new Map(found.map(([key, value]) => [key.slice('SCHILY.xattr.'.length), Buffer.from(value)])) }
}
