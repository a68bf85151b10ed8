/** What every Linux root file system looks like: spares opening the base image for a file that goes to /usr/local/bin. */
import type { DirNode } from '../tree/node.ts'

/** Folders that are 0755 root:root wherever they exist, and that a build would create so where they do not. */
const folders: ReadonlySet<string> = new Set([
  '',
  'etc',
  'opt',
  'srv',
  'usr',
  'usr/bin',
  'usr/lib',
  'usr/sbin',
  'usr/share',
  'usr/local',
  'usr/local/bin',
  'usr/local/etc',
  'usr/local/lib',
  'usr/local/sbin',
  'usr/local/share',
  'var',
  'var/lib',
])

/** Folders that hold programs: a name in one of them is a file or is not there. */
const programs: ReadonlySet<string> = new Set(['usr/bin', 'usr/sbin', 'usr/local/bin', 'usr/local/sbin'])

/** Undefined: only the base itself can tell. */
export function assumedNode(path: string, mtimeNs: bigint): DirNode | 'absent' | undefined {
  if (folders.has(path)) return { kind: 'dir', mode: 0o755, uid: 0, gid: 0, mtimeNs }
  return programs.has(path.slice(0, Math.max(path.lastIndexOf('/'), 0))) ? 'absent' : undefined
}
