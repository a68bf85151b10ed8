/** The codec against the system's tar, both ways. Needs the program; says so when it is missing. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { gnuTar } from '../../test/support/gnu-tar.ts'
import { promised } from '../../test/support/skip.ts'
import { streamSource } from './byte-source.ts'
import { readTar } from './read-tar.ts'
import { type TarItem, writeTar } from './write-tar.ts'

const signal = new AbortController().signal

const folder = mkdtempSync(join(tmpdir(), 'tar-codec-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const base = { mode: 0o644, uid: 1000, gid: 1000, mtimeNs: 1_700_000_000_000_000_000n }

describe('system tar', promised('ci', gnuTar), () => {
  it('unpacks what we write', async () => {
    const long = `${'long-'.repeat(40)}/${'name-'.repeat(40)}é`
    const items: TarItem[] = [
      { entry: { kind: 'dir', path: 'dir', ...base, mode: 0o755 } },
      { entry: { kind: 'file', path: 'dir/file', size: 5, ...base, mtimeNs: 1_700_000_000_123_456_789n }, body: Buffer.from('hello') },
      { entry: { kind: 'dir', path: 'long-'.repeat(40), ...base, mode: 0o755 } },
      { entry: { kind: 'file', path: long, size: 3, ...base, uid: 3_000_000 }, body: Buffer.from('abc') },
      { entry: { kind: 'hardlink', path: 'dir/hard', target: 'dir/file', ...base } },
      { entry: { kind: 'symlink', path: 'dir/soft', target: 'file', ...base } },
      { entry: { kind: 'fifo', path: 'dir/fifo', ...base } },
    ]
    const file = join(folder, 'ours.tar')
    writeFileSync(file, Buffer.concat(await writeTar(items, { signal }).toArray()))
    const out = join(folder, 'out')
    mkdirSync(out)
    execFileSync('tar', ['--no-same-owner', '-xf', file, '-C', out])
    expect(readFileSync(join(out, 'dir/file'), 'utf8')).toBe('hello')
    expect(statSync(join(out, 'dir/file'), { bigint: true }).mtimeNs).toBe(1_700_000_000_123_456_789n)
    expect(statSync(join(out, 'dir/file')).ino).toBe(statSync(join(out, 'dir/hard')).ino)
    expect(readFileSync(join(out, 'dir/soft'), 'utf8')).toBe('hello')
    expect(readFileSync(join(out, long), 'utf8')).toBe('abc')
    expect(statSync(join(out, 'dir/fifo')).isFIFO()).toBe(true)
  })

  it.each(['posix', 'gnu', 'ustar', 'oldgnu', 'v7'])('writes %s archives that we read', async (format) => {
    const tree = join(folder, `tree-${format}`)
    const name = format === 'v7' || format === 'ustar' ? 'short' : 'n'.repeat(180)
    mkdirSync(join(tree, 'sub'), { recursive: true })
    writeFileSync(join(tree, 'sub', name), 'content')
    utimesSync(join(tree, 'sub', name), 1_600_000_000, 1_600_000_000)
    symlinkSync(name, join(tree, 'sub', 'link'))
    const tar = execFileSync('tar', ['--sort=name', `--format=${format}`, '-cf', '-', '-C', tree, 'sub'])
    const seen: Record<string, string> = {}
    for await (const found of readTar(streamSource(parts(tar)), { signal })) {
      let body = ''
      for await (const chunk of found.body()) body += chunk.toString()
      seen[found.entry.path] = found.entry.kind === 'symlink' ? `-> ${found.entry.target}` : `${found.entry.kind} ${body}`
      if (found.entry.path.endsWith(name)) expect(found.entry.mtimeNs).toBe(1_600_000_000_000_000_000n)
    }
    expect(seen).toEqual({ sub: 'dir ', [`sub/${name}`]: 'file content', 'sub/link': `-> ${name}` })
  })

  it.each([
    ['gnu', []],
    ['posix', ['--sparse-version=0.0']],
    ['posix', ['--sparse-version=0.1']],
    ['posix', ['--sparse-version=1.0']],
  ])('writes sparse files (%s %j) that we expand', async (format, options) => {
    const tree = join(folder, `sparse-${format}-${options.join('')}`)
    mkdirSync(tree)
    const file = join(tree, 'sparse')
    writeFileSync(file, '')
    const regions = Array.from({ length: 30 }, (_, i) => i * 1024 * 1024)
    truncateSync(file, 30 * 1024 * 1024 + 17)
    const { openSync, writeSync, closeSync } = await import('node:fs')
    const handle = openSync(file, 'r+')
    for (const offset of regions) writeSync(handle, Buffer.alloc(4096, offset % 251), 0, 4096, offset)
    closeSync(handle)
    const tar = execFileSync('tar', ['-S', `--format=${format}`, ...options, '-cf', '-', '-C', tree, 'sparse'], { maxBuffer: 64 * 1024 * 1024 })
    const found: Buffer[] = []
    let mapped = 0
    for await (const read of readTar(streamSource(parts(tar)), { signal })) {
      mapped = read.sparse?.regions.length ?? 0
      expect(read.entry).toMatchObject({ kind: 'file', path: 'sparse', size: 30 * 1024 * 1024 + 17 })
      for await (const chunk of read.body()) found.push(Buffer.from(chunk))
    }
    expect(tar.length).toBeLessThan(2 * 1024 * 1024)
    expect(mapped).toBeGreaterThan(20)
    expect(Buffer.concat(found).equals(readFileSync(file))).toBe(true)
  })
})

async function* parts(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 60_001) yield bytes.subarray(at, at + 60_001)
}
