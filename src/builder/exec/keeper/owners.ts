/** Whom files belong to where the file system can give them to nobody: an attribute of each, and a log for what has no attributes. */
import { readFileSync } from 'node:fs'
import type { SandboxMount } from '../sandbox.ts'

export interface Owner {
  readonly uid: number
  readonly gid: number
}

/** By path. */
export type Owners = ReadonlyMap<string, Owner>

export const ownerAttribute = 'user.slipway.owner'

export function encodeOwner({ uid, gid }: Owner): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt32LE(uid, 0)
  bytes.writeUInt32LE(gid, 4)
  return bytes
}

/** Undefined for what is none of ours. */
export function decodeOwner(bytes: Buffer | undefined): Owner | undefined {
  return bytes?.length === 8 ? { uid: bytes.readUInt32LE(0), gid: bytes.readUInt32LE(4) } : undefined
}

const recordSize = 32

/** Finds the owner of a file by its inode and when that was made: numbers of inodes come again. */
export interface OwnerLog {
  find(file: { readonly ino: bigint; readonly birthtimeNs: bigint }): Owner | undefined
}

export function readOwnerLog(file: string): OwnerLog {
  const bytes = readLog(file)
  const found = new Map<string, Owner>()
  for (let at = 0; at + recordSize <= bytes.length; at += recordSize) {
    const name = `${bytes.readBigUInt64LE(at)}:${bytes.readBigUInt64LE(at + 24)}`
    found.set(name, { uid: bytes.readUInt32LE(at + 16), gid: bytes.readUInt32LE(at + 20) })
  }
  return { find: ({ ino, birthtimeNs }) => found.get(`${ino}:${birthtimeNs}`) }
}

function readLog(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0)
    throw error
  }
}

/** What is mounted for one command can be given to nobody either. */
export function ownersOfMounts(mounts: readonly SandboxMount[]): Owners {
  const given = mounts.flatMap((mount) => (mount.kind === 'file' || mount.kind === 'socket' ? [mount] : []))
  return new Map(
    given.map(({ target, uid = 0, gid = 0 }) => [target.replace(/^\/+/, ''), { uid, gid }] as const).filter(([, { uid, gid }]) => uid !== 0 || gid !== 0),
  )
}

/** For the keeper, which looks the paths up before the command begins. */
export function encodeKnown(owners: Owners): Buffer {
  return Buffer.concat([...owners].flatMap(([path, owner]) => [encodeOwner(owner), Buffer.from(`/${path}\0`)]))
}
