/** COPY and ADD in detail: destinations, wildcards, --parents, --exclude, --chmod, --link, hard links, archives. */
import { execFileSync } from 'node:child_process'
import { linkSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { gnuTar } from '../../test/support/gnu-tar.ts'
import { type Files, type Fixture, fixture, layersOf } from './build-fixture.ts'

const open: Fixture[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.remove()
})

async function start(files: Files = {}): Promise<Fixture> {
  const made = await fixture(files)
  open.push(made)
  return made
}

/** Paths and contents of the last layer. */
async function lastLayer(f: Fixture, text: string): Promise<string[]> {
  return (await layersOf((await f.build(text)).image)).at(-1) ?? []
}

describe('COPY', () => {
  const files = { 'a.txt': 'A', 'b.txt': 'B', 'd/x': 'X', 'd/s/y': 'Y', 'd/s/z.md': 'Z', 'we [ird': 'W', toD: ['d'], toA: ['/a.txt'] } satisfies Files

  it.each<[string, string, string[]]>([
    ['a file to a name', 'COPY a.txt /new', ['new 644 0:0 A']],
    ['a file into a folder', 'COPY a.txt /in/', ['in/ 755 0:0', 'in/a.txt 644 0:0 A']],
    ['a file to the root', 'COPY a.txt /', ['a.txt 644 0:0 A']],
    ['a file relative to WORKDIR', 'WORKDIR /w/v\nCOPY a.txt ../u/', ['w/ 755 0:0', 'w/u/ 755 0:0', 'w/u/a.txt 644 0:0 A']],
    ['a file to "."', 'WORKDIR /w\nCOPY a.txt .', ['w/ 755 0:0', 'w/a.txt 644 0:0 A']],
    ['the content of a folder', 'COPY d /e', ['e/ 755 0:0', 'e/s/ 755 0:0', 'e/s/y 644 0:0 Y', 'e/s/z.md 644 0:0 Z', 'e/x 644 0:0 X']],
    ['the content of a folder behind a link', 'COPY toD/s /e', ['e/ 755 0:0', 'e/y 644 0:0 Y', 'e/z.md 644 0:0 Z']],
    ['the file behind a link that stays inside the context', 'COPY toA /e', ['e 644 0:0 A']],
    ['wildcards', 'COPY *.txt d/[x-z] /e/', ['e/ 755 0:0', 'e/a.txt 644 0:0 A', 'e/b.txt 644 0:0 B', 'e/x 644 0:0 X']],
    ['wildcards over folders', 'COPY d/*/y /e/', ['e/ 755 0:0', 'e/y 644 0:0 Y']],
    ['wildcards that match nothing', 'COPY *.nope /e/', []],
    ['escaped wildcards', 'COPY ["we \\\\[ird", "/e"]', ['e 644 0:0 W']],
    ['into a folder that is there', 'COPY d /e\nCOPY a.txt /e', ['e/ 755 0:0', 'e/a.txt 644 0:0 A']],
    ['with a mode', 'COPY --chmod=700 d /e', ['e/ 700 0:0', 'e/s/ 700 0:0', 'e/s/y 700 0:0 Y', 'e/s/z.md 700 0:0 Z', 'e/x 700 0:0 X']],
    ['with a symbolic mode', 'COPY --chmod=u=rwX,go=rX d/s /e', ['e/ 755 0:0', 'e/y 644 0:0 Y', 'e/z.md 644 0:0 Z']],
    ['with an owner, for new folders too', 'COPY --chown=5:6 a.txt /p/q/', ['p/ 755 5:6', 'p/q/ 755 5:6', 'p/q/a.txt 644 5:6 A']],
    ['without what is excluded', 'COPY --exclude=**/*.md --exclude=x d /e', ['e/ 755 0:0', 'e/s/ 755 0:0', 'e/s/y 644 0:0 Y']],
    ['with parents', 'COPY --parents d/s/y a.txt /e', ['e/ 755 0:0', 'e/a.txt 644 0:0 A', 'e/d/ 755 0:0', 'e/d/s/ 755 0:0', 'e/d/s/y 644 0:0 Y']],
    ['with parents from a pivot on', 'COPY --parents d/./s/* /e/', ['e/ 755 0:0', 'e/s/ 755 0:0', 'e/s/y 644 0:0 Y', 'e/s/z.md 644 0:0 Z']],
    ['with parents at any depth', 'COPY --parents **/*.md /e/', ['e/ 755 0:0', 'e/d/ 755 0:0', 'e/d/s/ 755 0:0', 'e/d/s/z.md 644 0:0 Z']],
    ['linked', 'COPY d/s /l\nCOPY --link a.txt /l/m/', ['l/ 755 0:0', 'l/m/ 755 0:0', 'l/m/a.txt 644 0:0 A']],
  ])('%s', async (_name, text, expected) => {
    expect(await lastLayer(await start(files), `FROM scratch\n${text}\n`)).toEqual(expected)
  })

  it.each([
    ['COPY d /e\nCOPY a.txt /x/\nCOPY d/x /e/s', 'e/s/x 644 0:0 X'],
    ['COPY d /e\nCOPY --chmod=600 d/x /e/x', 'e/x 600 0:0 X'],
  ])('%j ends with %s', async (text, last) => {
    expect((await lastLayer(await start(files), `FROM scratch\n${text}\n`)).at(-1)).toBe(last)
  })

  it.each([
    ['COPY a.txt /e\nCOPY d /e', 'BUILD_DESTINATION_INVALID'],
    ['COPY d /e\nCOPY toD/s/y /e/s/y/', 'BUILD_DESTINATION_INVALID'],
    ['COPY a.txt /e\nCOPY a.txt /e/f', 'BUILD_DESTINATION_INVALID'],
    ['COPY nope/*.txt /e/', 'BUILD_SOURCE_MISSING'],
    ['COPY --chmod=999 a.txt /e', 'BUILD_MODE_INVALID'],
    ['COPY --chown=nobody a.txt /e', 'BUILD_OWNER_UNKNOWN'],
  ])('%j fails with %s, at its line', async (text, code) => {
    const f = await start(files)
    await expect(f.build(`FROM scratch\n${text}\n`)).rejects.toMatchObject({ diagnostic: { code, at: { line: 1 + text.split('\n').length } } })
  })

  it('keeps hard links within one instruction', async () => {
    const f = await start({ 'd/one': '1' })
    linkSync(join(f.contextDir, 'd/one'), join(f.contextDir, 'd/two'))
    expect(await lastLayer(f, 'FROM scratch\nCOPY d /e\n')).toEqual(['e/ 755 0:0', 'e/one 644 0:0 1', 'e/two 644 0:0 = e/one'])
    expect((await f.build('FROM scratch\nCOPY d /e\n')).cachedLayers).toBe(1)
    expect(await lastLayer(f, 'FROM scratch\nCOPY d/one d/two /e/\n')).toEqual(['e/ 755 0:0', 'e/one 644 0:0 1', 'e/two 644 0:0 1'])
  })

  it('does not write layers of stages that are only copied from', async () => {
    const f = await start(files)
    await f.build('FROM scratch AS one\nCOPY d /d\nFROM scratch\nCOPY --from=one /d/x /x\n')
    const blobs = readdirSync(join(f.storeDir, 'blobs'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    expect(blobs).toHaveLength(1)
  })
})

describe('ADD', () => {
  async function withArchive(compress: (tar: Buffer) => Buffer): Promise<Fixture> {
    const f = await start({ 'src/d/x': 'X', 'src/l': ['d/x'], plain: 'P' })
    const tar = execFileSync('tar', ['-C', join(f.contextDir, 'src'), '--owner=:7', '--group=:8', '--numeric-owner', '--sort=name', '-c', '.'])
    writeFileSync(join(f.contextDir, 'archive'), compress(tar))
    return f
  }
  const unpacked = ['to/ 755 0:0', 'to/d/ 755 7:8', 'to/d/x 644 7:8 X', 'to/l 777 7:8 -> d/x']

  it.each<[string, (tar: Buffer) => Buffer]>([
    ['plain', (tar) => tar],
    ['gzip', (tar) => gzipSync(tar)],
    ['zstd', (tar) => zstdCompressSync(tar)],
  ])('unpacks a %s archive, and knows it again', gnuTar, async (_name, compress) => {
    const f = await withArchive(compress)
    expect(await lastLayer(f, 'FROM scratch\nADD archive plain /to/\n')).toEqual([...unpacked, 'to/plain 644 0:0 P'])
    expect((await f.build('FROM scratch\nADD archive plain /to/\n')).cachedLayers).toBe(1)
  })

  it('leaves it packed with --unpack=false, and gives all of it to the owner of --chown', gnuTar, async () => {
    const f = await withArchive((tar) => gzipSync(tar))
    expect((await lastLayer(f, 'FROM scratch\nADD --unpack=false archive /to/\n')).map((line) => line.split(' ')[0])).toEqual(['to/', 'to/archive'])
    expect(await lastLayer(f, 'FROM scratch\nADD --chown=1:2 archive /to/\n')).toEqual(unpacked.map((line) => line.replace(/ [07]:[08]/, ' 1:2')))
  })

  it('copies compressed files that are no archives', async () => {
    const f = await start()
    writeFileSync(join(f.contextDir, 'data.gz'), gzipSync(Buffer.alloc(2000, 'not a tar ')))
    expect((await lastLayer(f, 'FROM scratch\nADD data.gz /to/\n')).map((line) => line.split(' ')[0])).toEqual(['to/', 'to/data.gz'])
  })
})
