/** One entry of a tar archive, as the file system sees it. */

interface Common {
  /** No trailing "/"; otherwise as in the archive. Use `safePath` before it touches a file system. */
  readonly path: string
  /** The path's bytes where they are not UTF-8. */
  readonly rawPath?: Buffer
  /** Permission, setuid, setgid and sticky bits: 0 to 0o7777. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly uname?: string
  readonly gname?: string
  /** Nanoseconds since the epoch; may be negative. */
  readonly mtimeNs: bigint
  /** Values are bytes, never text. */
  readonly xattrs?: ReadonlyMap<string, Buffer>
}

export interface FileEntry extends Common {
  readonly kind: 'file'
  readonly size: number
}

export interface DirectoryEntry extends Common {
  readonly kind: 'dir'
}

export interface SymlinkEntry extends Common {
  readonly kind: 'symlink'
  readonly target: string
  readonly rawTarget?: Buffer
}

/** Another name of an entry earlier in the archive. */
export interface HardlinkEntry extends Common {
  readonly kind: 'hardlink'
  readonly target: string
  readonly rawTarget?: Buffer
}

export interface DeviceEntry extends Common {
  readonly kind: 'char' | 'block'
  readonly major: number
  readonly minor: number
}

export interface FifoEntry extends Common {
  readonly kind: 'fifo'
}

export type TarEntry = FileEntry | DirectoryEntry | SymlinkEntry | HardlinkEntry | DeviceEntry | FifoEntry

export const blockSize = 512

/** Bytes from the end of a body to the next header. */
export function paddingAfter(size: number): number {
  return (blockSize - (size % blockSize)) % blockSize
}
