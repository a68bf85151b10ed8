import { existsSync, linkSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { tempProject } from '../../../test/support/temp-project.ts'
import type { TarEntry } from '../../tar/entry.ts'
import { writeTar } from '../../tar/write-tar.ts'
import { gatherFiles, namedBy } from './gather-files.ts'
import { memberOf } from './member-path.ts'
import { packFiles } from './pack-files.ts'
import { type Unpacking, unpackFiles } from './unpack-files.ts'

const { signal } = new AbortController()
const common = { mode: 0o644, uid: 0, gid: 0, mtimeNs: 1_000_000_000_000_000_000n }

type Made = readonly [kind: TarEntry['kind'], path: string, more?: string]

function entryOf([kind, path, more = '']: Made): { entry: TarEntry; body?: Buffer } {
  if (kind === 'file') return { entry: { ...common, kind, path, size: more.length }, body: Buffer.from(more) }
  if (kind === 'symlink' || kind === 'hardlink') return { entry: { ...common, kind, path, target: more } }
  if (kind === 'char' || kind === 'block') return { entry: { ...common, kind, path, major: 1, minor: 3 } }
  return { entry: { ...common, kind, path, mode: 0o755 } }
}

const archive = async (...made: readonly Made[]): Promise<Buffer> => buffer(writeTar(made.map(entryOf), { signal }))

function machine() {
  const { dir } = tempProject()
  mkdirSync(join(dir, 'harness'))
  mkdirSync(join(dir, 'outside'))
  const hostPath = (path: string): string => (path.startsWith('/harness') ? join(dir, path) : path.startsWith(dir) ? path : join(dir, 'harness', path))
  const unpack = async (bytes: Buffer, o: Partial<Unpacking> = {}) =>
    unpackFiles(Readable.from([bytes], { objectMode: false }), 'it', { hostPath, allowed: [memberOf('/harness')], owners: false, signal, ...o })
  return { dir, hostPath, unpack, at: (...parts: readonly string[]) => join(dir, ...parts) }
}

describe('unpacking what a shared store holds', () => {
  it.each<[string, string, ...(readonly Made[])]>([
    ['climbing out', 'holds ".."', ['file', 'harness/../../x', 'evil']],
    ['another root', 'no step of Slipway has saved', ['file', 'etc/passwd', 'evil']],
    ['an absolute path that nobody named', 'may not write', ['file', 'root/etc/passwd', 'evil']],
    ['a folder that nobody named', 'may not write', ['dir', 'root/etc']],
    ['the workspace as a file', 'no folder in it', ['file', 'harness', 'evil']],
    ['the workspace as a link', 'no folder in it', ['symlink', 'harness', '/etc']],
    ['a file through a link', 'through links', ['symlink', 'harness/d', 'OUT'], ['file', 'harness/d/x', 'evil']],
    ['a file through a link in the middle', 'through links', ['symlink', 'harness/d', 'OUT'], ['file', 'harness/d/e/f/x', 'evil']],
    ['a folder through a link', 'through links', ['symlink', 'harness/d', 'OUT'], ['dir', 'harness/d/e']],
    ['a link as a folder', 'through links', ['symlink', 'harness/d', 'OUT'], ['dir', 'harness/d']],
    ['a link through a link', 'through links', ['symlink', 'harness/d', 'OUT'], ['symlink', 'harness/d/x', 'y']],
    ['another name of a file outside', 'no step of Slipway has saved', ['hardlink', 'harness/x', 'OUT/secret']],
    ['another name of a file that was there', 'no file of the archive', ['hardlink', 'harness/x', 'harness/there']],
    ['another name through a link', 'no file of the archive', ['symlink', 'harness/d', 'OUT'], ['hardlink', 'harness/x', 'harness/d/secret']],
    ['a device', 'device', ['char', 'harness/null']],
    ['a block device', 'device', ['block', 'harness/disk']],
    ['a pipe', 'pipe', ['fifo', 'harness/pipe']],
    ['a file where a folder is', 'there is a folder of that name', ['dir', 'harness/d'], ['file', 'harness/d', 'x']],
    ['a folder where a file is', 'is a file there', ['file', 'harness/d', 'x'], ['file', 'harness/d/e', 'x']],
  ])('refuses %s', async (_what, reason, ...made) => {
    const { unpack, at } = machine()
    writeFileSync(at('outside/secret'), 'secret')
    writeFileSync(at('harness/there'), 'there')
    const here = made.map(([kind, path, more]): Made => (more === undefined ? [kind, path] : [kind, path, more.replace('OUT', at('outside'))]))
    await expect(unpack(await archive(...here))).rejects.toThrow(reason)
    expect(readdirSync(at('outside'))).toEqual(['secret'])
    expect(existsSync(at('x'))).toBe(false)
  })

  it('replaces a link or another name in place of a file, and never writes through it', async () => {
    const { unpack, at } = machine()
    writeFileSync(at('outside/a'), 'mine')
    writeFileSync(at('outside/b'), 'mine')
    symlinkSync(at('outside/a'), at('harness/a'))
    linkSync(at('outside/b'), at('harness/b'))
    await unpack(await archive(['file', 'harness/a', 'new'], ['file', 'harness/b', 'new']))
    expect(['harness/a', 'harness/b', 'outside/a', 'outside/b'].map((path) => readFileSync(at(path), 'utf8'))).toEqual(['new', 'new', 'mine', 'mine'])
    expect(lstatSync(at('harness/a')).isSymbolicLink()).toBe(false)
  })

  it('keeps a link that points elsewhere as what it is', async () => {
    const { unpack, at } = machine()
    await unpack(await archive(['symlink', 'harness/venv/python', '/usr/bin/python3']))
    expect(readlinkSync(at('harness/venv/python'))).toBe('/usr/bin/python3')
  })

  it('writes outside of the workspace only below what is allowed', async () => {
    const { unpack, at, dir } = machine()
    const inside = dir.slice(1)
    const allowed = [memberOf(`${dir}/outside/home`)]
    await unpack(await archive(['dir', `root/${inside}`], ['file', `root/${inside}/outside/home/.m2/x`, 'ok']), { allowed })
    expect(readFileSync(at('outside/home/.m2/x'), 'utf8')).toBe('ok')
    await expect(unpack(await archive(['file', `root/${inside}/outside/homework`, 'no']), { allowed })).rejects.toThrow('may not write')
    symlinkSync(at('harness'), at('outside/linked'))
    const through = await archive(['file', `root/${inside}/outside/linked/x`, 'no'])
    await expect(unpack(through, { allowed: [memberOf(`${dir}/outside/linked`)] })).rejects.toThrow('through links')
  })

  it('takes special permission bits only with their owners', async () => {
    const { unpack, at } = machine()
    const special = [{ entry: { ...common, mode: 0o4755, kind: 'file', path: 'harness/su', size: 1 }, body: Buffer.from('x') }] as const
    await unpack(await buffer(writeTar(special, { signal })))
    expect(statSync(at('harness/su')).mode & 0o7777).toBe(0o755)
  })

  it.each([
    ['bytes', { mostBytes: 10_000_000 }, 'more than there is room for'],
    ['entries', { mostEntries: 1 }, 'more than 1 entries'],
  ])('ends at a bound of %s, packed however tightly', async (_what, bound, reason) => {
    const { unpack, at } = machine()
    const huge = await archive(['file', 'harness/a', ''], ['file', 'harness/bomb', '\0'.repeat(20_000_000)])
    for (const bytes of [huge, gzipSync(huge), zstdCompressSync(huge)]) await expect(unpack(bytes, bound)).rejects.toThrow(reason)
    expect(existsSync(at('harness/bomb'))).toBe(false)
  })

  it.each([
    ['no archive', Buffer.from('hello, this is no archive at all'.repeat(40))],
    ['a cut archive', (async () => (await archive(['file', 'harness/a', 'x'.repeat(5000)])).subarray(0, 3000))()],
    ['damaged gzip', (async () => gzipSync(await archive(['file', 'harness/a', 'x'])).fill(7, 20, 40))()],
  ])('refuses %s', async (_what, bytes) => {
    await expect(machine().unpack(await bytes)).rejects.toThrow()
  })
})

describe('packing and unpacking', () => {
  it.each(['Tar', 'Gzip', 'Zstd'] as const)('%s: gives back the tree', async (format) => {
    const [from, to] = [machine(), machine()]
    mkdirSync(from.at('harness/d/empty'), { recursive: true })
    writeFileSync(from.at('harness/d/large'), Buffer.alloc(700_000, 'large'))
    writeFileSync(from.at('harness/d/näme with spaces'), 'odd')
    writeFileSync(from.at('harness/d/nothing'), '')
    linkSync(from.at('harness/d/large'), from.at('harness/d/same'))
    symlinkSync('nowhere', from.at('harness/d/dangling'))
    const named = await namedBy('d', from.hostPath)
    const files = gatherFiles([...named, ...named], { signal, leftOut: (path) => expect(path).toBe('never') })
    const unpacked = await to.unpack(await buffer(packFiles(files, format, { signal })))
    expect(unpacked).toMatchObject({ files: 4, bytes: 700_003 })
    expect(readdirSync(to.at('harness/d'))).toEqual(readdirSync(from.at('harness/d')))
    expect(readFileSync(to.at('harness/d/same')).equals(readFileSync(from.at('harness/d/large')))).toBe(true)
    expect(statSync(to.at('harness/d/same')).ino).toBe(statSync(to.at('harness/d/large')).ino)
    expect(statSync(to.at('harness/d/empty')).mtimeMs).toBeCloseTo(statSync(from.at('harness/d/empty')).mtimeMs, -1)
    expect(readlinkSync(to.at('harness/d/dangling'))).toBe('nowhere')
  })
})
