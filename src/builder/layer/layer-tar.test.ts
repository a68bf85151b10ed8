import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { writeTar } from '../../tar/write-tar.ts'
import type { Content, FileNode } from '../tree/node.ts'
import { type Changes, layerTar } from './layer-tar.ts'
import { tarEntry } from './tar-entry.ts'

const o = { signal: new AbortController().signal }

function file(size: number, form: 'here' | 'bytes' | 'stream', more: Partial<FileNode> = {}): FileNode & { readonly bytes: Buffer } {
  const bytes = randomBytes(size)
  const here = Object.assign(async () => bytes, { into: (room: Buffer) => void bytes.copy(room) })
  const forms: Record<typeof form, Content> = { here, bytes: async () => bytes, stream: async () => Readable.from([bytes.subarray(0, 7), bytes.subarray(7)]) }
  return { kind: 'file', mode: 0o644, uid: 1, gid: 2, mtimeNs: 5n, size, fingerprint: '', content: forms[form], bytes, ...more }
}

const tarOf = async (changes: Changes, more = {}) => (await layerTar(changes, { ...o, ...more }).toArray()) as Buffer[]

describe('the tar of a layer', () => {
  it('is what the codec writes, in pieces of a megabyte', async () => {
    const sizes = [0, 1, 511, 512, 100_000, 127_000, 700_000, 2_500_000]
    const nodes = sizes.flatMap((size) => (['here', 'bytes', 'stream'] as const).map((form) => [`d/${size}-${form}`, file(size, form)] as const))
    const codec = await writeTar(
      nodes.map(([path, node]) => ({ entry: tarEntry(path, node), body: node.bytes })),
      o,
    ).toArray()
    const pieces = await tarOf(nodes)
    expect(Buffer.concat(pieces).equals(Buffer.concat(codec as Buffer[]))).toBe(true)
    expect(new Set(pieces.slice(0, -1).map(({ length }) => length))).toEqual(new Set([1024 * 1024]))
  })

  it('tells the hash of each file, and reads one with several names once', async () => {
    const told = new Map<string, string>()
    const twin = file(30, 'here', { inode: 'x' })
    const other = file(3_000_000, 'stream')
    const changes: Changes = [
      ['a', twin],
      ['b', { ...twin, content: () => Promise.reject(new Error('read twice')) }],
      ['c', other],
    ]
    await tarOf(changes, { onContent: (path: string, hash: string) => void told.set(path, hash) })
    const hashOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
    expect([...told]).toEqual([
      ['a', hashOf(twin.bytes)],
      ['c', hashOf(other.bytes)],
    ])
  })

  it('is no tar when a file is not what it was', async () => {
    const gone = Object.assign(new Error('gone'), { code: 'ENOENT' })
    const denied = Object.assign(new Error('denied'), { code: 'EACCES' })
    const into = (error: Error) =>
      Object.assign(() => Promise.reject(error), {
        into: () => {
          throw error
        },
      })
    await expect(tarOf([['a', file(9, 'stream', { size: 10 })]])).rejects.toThrow(expect.objectContaining({ code: 'BUILD_CONTEXT_CHANGED' }))
    await expect(tarOf([['a', file(9, 'stream', { size: 8 })]])).rejects.toThrow(expect.objectContaining({ code: 'BUILD_CONTEXT_CHANGED' }))
    await expect(tarOf([['a', file(9, 'here', { content: into(gone) })]])).rejects.toThrow(expect.objectContaining({ code: 'BUILD_CONTEXT_CHANGED' }))
    await expect(tarOf([['a', file(9, 'here', { content: into(denied) })]])).rejects.toThrow(expect.objectContaining({ code: 'BUILD_CONTEXT_UNREADABLE' }))
  })
})
