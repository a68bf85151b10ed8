/** Numbers of the EROFS format as we use it: 512-byte blocks, so that bodies of a tar are aligned; extended inodes, which have times and wide owners. */
import type { NodeKind } from './layer-node.ts'

export const blockSize = 512
export const blockBits = 9
/** The superblock stands 1024 bytes into the file; what follows is ours until the tar begins. */
export const superblockAt = 1024
export const headerSize = 4096
export const magic = 0xe0f5e1e2
export const inodeSize = 64
/** Inodes begin at multiples of this; their number is the multiple. */
export const slotSize = 32
/** Not 0, which would be an inode number that directory readers skip. */
export const rootNumber = 1
export const direntSize = 12

export const plain = 0
export const inline = 2

export const fileTypes = { file: 1, dir: 2, char: 3, block: 4, fifo: 5, symlink: 7 } as const satisfies Record<NodeKind, number>

export const modeBits = {
  file: 0o100000,
  dir: 0o040000,
  symlink: 0o120000,
  char: 0o020000,
  block: 0o060000,
  fifo: 0o010000,
} as const satisfies Record<NodeKind, number>

export function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit
}
