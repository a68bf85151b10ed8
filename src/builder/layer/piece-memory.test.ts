import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { tempProject } from '../../../test/support/temp-project.ts'
import { pinnedGzip } from '../../oci/compress.ts'
import type { Digest } from '../../oci/digest.ts'
import type { BuildStore } from '../store/build-store.ts'
import { directoryStore } from '../store/directory.ts'
import type { Content, FileNode } from '../tree/node.ts'
import { layerMemory } from './piece-memory.ts'
import { type Changes, writeLayer } from './write-layer.ts'

const o = { signal: AbortSignal.timeout(60_000) }

function file(bytes: Buffer): FileNode {
  const content: Content = async () => bytes
  return { kind: 'file', mode: 0o644, uid: 0, gid: 0, mtimeNs: 0n, size: bytes.length, fingerprint: '', content }
}

/** Text that packs, so that what is taken from before differs from what is stored as it is. */
function text(size: number, seed: number): Buffer {
  const words = randomBytes(3000).toString('hex')
  let made = ''
  for (let at = seed; made.length < size; at = (at * 31 + 7) % 5000) made += `${words.slice(at, at + 40)}\n`
  return Buffer.from(made.slice(0, size))
}

function tree(size = 9): Map<string, Buffer> {
  return new Map(Array.from({ length: size }, (_, i) => [`f${i}`, text(700_000, i)]))
}

const changesOf = (files: ReadonlyMap<string, Buffer>): Changes => [...files].map(([path, bytes]) => [path, file(bytes)] as const)

function newStore(): BuildStore {
  return directoryStore(tempProject().dir)
}

const write = (files: ReadonlyMap<string, Buffer>, store: BuildStore, previous?: Digest) =>
  writeLayer(changesOf(files), { ...o, store, format: 'oci', createdMs: 0, previous })

describe('a layer that is nearly one before', () => {
  it('is byte for byte what it is without, and reads again', async () => {
    const store = newStore()
    const files = tree()
    const first = await write(files, store)
    files.set('f4', Buffer.concat([Buffer.from('changed here'), (files.get('f4') as Buffer).subarray(12)]))
    const second = await write(files, store, first.descriptor.digest)
    expect(second).toEqual(await write(files, newStore()))
    expect(second.descriptor.digest).not.toBe(first.descriptor.digest)
    const plain = gunzipSync(readFileSync(store.blobFile(second.descriptor.digest)))
    expect(`sha256:${createHash('sha256').update(plain).digest('hex')}`).toBe(second.diffId)
  })

  it('takes what is the same, and only that', async () => {
    const store = newStore()
    const files = tree()
    const first = await write(files, store)
    const memory = await layerMemory(store, pinnedGzip.name, first.descriptor.digest, o)
    const whole = readFileSync(store.blobFile(first.descriptor.digest))
    const { rows } = JSON.parse((await store.readRecord(`pieces-${first.descriptor.digest.slice(7)}`, o)) ?? '') as { rows: [string, number, number, number][] }
    expect(rows.length).toBe(7)
    for (const [key, from, length] of rows) expect(await memory.recall(key)).toEqual(whole.subarray(from, from + length))
    expect(await memory.recall('another')).toBeUndefined()
    await memory.close()
    const other = await layerMemory(store, 'another-compressor', first.descriptor.digest, o)
    expect(await other.recall(rows[0]?.[0] ?? '')).toBeUndefined()
    await other.close()
  })

  it('does not trust what the disk has changed', async () => {
    const store = newStore()
    const files = tree()
    const first = await write(files, store)
    const blob = store.blobFile(first.descriptor.digest)
    const bytes = readFileSync(blob)
    for (let at = 5000; at < bytes.length; at += 50_000) bytes[at] = (bytes[at] ?? 0) ^ 0x55
    writeFileSync(blob, bytes)
    files.set('g', Buffer.from('more'))
    expect(await write(files, store, first.descriptor.digest)).toEqual(await write(files, newStore()))
    await store.writeRecord(`pieces-${first.descriptor.digest.slice(7)}`, '{"compressor":"x', o)
    expect(await write(files, store, first.descriptor.digest)).toEqual(await write(files, newStore()))
  })

  it('does without a blob that is gone', async () => {
    const files = tree(6)
    const gone = `sha256:${'0'.repeat(64)}` as Digest
    expect(await write(files, newStore(), gone)).toEqual(await write(files, newStore()))
  })
})
