/** Contexts, archives and base layers that are made to harm, or that change under the builder's hands: a clear error, or no effect; never something wrong in the cache. */
import { execFileSync } from 'node:child_process'
import { existsSync, linkSync, mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { needs } from '../../test/support/skip.ts'
import { isProblem, type Problem } from '../base/problem.ts'
import { assembleImage } from '../oci/assemble.ts'
import { growthGuard } from '../oci/decompress.ts'
import { digestOf } from '../oci/digest.ts'
import { join as joinStreams } from '../oci/join.ts'
import { layerFromBytes } from '../oci/partial-layer.ts'
import type { Image } from '../oci/views.ts'
import type { TarEntry } from '../tar/entry.ts'
import { writeTar } from '../tar/write-tar.ts'
import { type Files, fixture, layersOf } from './build-fixture.ts'
import { directoryTree } from './context/directory.ts'
import { fakeSandbox } from './exec/fake-sandbox-fixture.ts'

const signal = new AbortController().signal

async function start(files: Files = {}) {
  const f = await fixture(files)
  onTestFinished(() => f.remove())
  return f
}

async function failure(work: Promise<unknown>): Promise<Problem> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!isProblem(error)) throw error ?? new Error('it should have failed')
  return error
}

function makePipe(file: string): void {
  execFileSync('/bin/sh', ['-c', 'mkfifo "$0"', file])
}

const common = { mode: 0o644, uid: 0, gid: 0, mtimeNs: 0n }
const fileAt = (path: string, text = 'x') => ({ entry: { kind: 'file', path, ...common, size: text.length } as TarEntry, body: Buffer.from(text) })
const linkAt = (path: string, target: string) => ({ entry: { kind: 'hardlink', path, target, ...common } as TarEntry })
const folderAt = (path: string) => ({ entry: { kind: 'dir', path, ...common, mode: 0o755 } as TarEntry })

async function tarOf(...items: readonly { readonly entry: TarEntry; readonly body?: Buffer }[]): Promise<Buffer> {
  return Buffer.concat(await writeTar(items, { signal }).toArray())
}

async function baseOf(...tars: readonly Buffer[]): Promise<{ readonly baseImage: () => Promise<Image> }> {
  const layers = tars.map((tar) => layerFromBytes(gzipSync(tar), { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', diffId: digestOf(tar) }))
  const config = { os: 'linux', architecture: 'amd64', rootfs: { type: 'layers', diff_ids: tars.map((tar) => digestOf(tar)) } } as const
  const image = await assembleImage({ format: 'oci', config, layers })
  return { baseImage: async () => image }
}

describe('links and paths of a context', () => {
  it.each([
    ['COPY ../outside /x', 'a path above it'],
    ['COPY a/../../outside /x', 'a path that comes back'],
    ['COPY up /x', 'a link out of it'],
    ['COPY absolute /x', 'an absolute link'],
    ['COPY folder/outside /x', 'a linked folder on the way'],
    ['COPY folder/* /x/', 'a pattern below a linked folder'],
  ])('%s: nothing outside is read (%s)', async (line) => {
    const f = await start({ 'a/b': 'b', up: ['../../outside'], absolute: ['/etc/passwd'], folder: ['..'] })
    writeFileSync(join(f.contextDir, '../outside'), 'secret of the machine')
    const built = f.build(`FROM scratch\n${line}\n`)
    const error = await built.then(
      () => undefined,
      (reason: unknown) => reason,
    )
    if (error === undefined) expect(JSON.stringify(await layersOf((await built).image))).not.toMatch(/secret of|root:/)
    else expect(isProblem(error, 'BUILD_SOURCE_MISSING')).toBe(true)
  })

  it('links inside a folder are copied as links, wherever they lead', async () => {
    const f = await start({ 'd/up': ['../../../etc/shadow'], 'd/loop': ['loop'] })
    const { image } = await f.build('FROM scratch\nCOPY d /d\n')
    expect((await layersOf(image))[0]).toEqual(['d/ 755 0:0', 'd/loop 777 0:0 -> loop', 'd/up 777 0:0 -> ../../../etc/shadow'])
    expect((await failure(f.build('FROM scratch\nCOPY d/loop /x\n'))).message).toContain('in circles')
  })

  it('links of another stage stay in that stage', async () => {
    const f = await start({ 'd/up': ['../../../../../../etc/hostname'], 'd/etc': ['/etc'] })
    for (const path of ['d/up', 'd/etc/hostname']) {
      expect((await failure(f.build(`FROM scratch AS a\nCOPY d /d\nFROM scratch\nCOPY --from=a /${path} /x\n`))).code).toBe('BUILD_SOURCE_MISSING')
    }
  })

  it('a link of the image leads inside the image, also as a destination', async () => {
    const f = await start({ file: 'F', out: ['../../../../../..'], 'root-link': ['/'] })
    const { image } = await f.build('FROM scratch\nCOPY --link out root-link* /\nCOPY file /tmp/\n')
    expect(JSON.stringify(await layersOf(image))).toContain('tmp/file')
  })

  it('pipes, sockets and folders of them are no part of it', async () => {
    const f = await start({ 'd/file': 'F' })
    makePipe(join(f.contextDir, 'd/pipe'))
    const server = createServer().listen(join(f.contextDir, 'd/socket'))
    onTestFinished(() => void server.close())
    await new Promise((go) => server.once('listening', go))
    const { image } = await f.build('FROM scratch\nCOPY d /d\n')
    expect((await layersOf(image))[0]).toEqual(['d/ 755 0:0', 'd/file 644 0:0 F'])
    expect(f.events.flatMap((event) => (event.kind === 'note' ? [event.note.message] : []))).toEqual([
      'd/pipe of the build context is a pipe and was left out.',
    ])
    expect((await failure(f.build('FROM scratch\nCOPY d/pipe /x\n'))).code).toBe('BUILD_SOURCE_MISSING')
  })

  it('names with line ends and quotes are kept', async () => {
    const f = await start({ 'd/a\nb"c': '1', 'd/ü\u{1f980}': '2' })
    const { image } = await f.build('FROM scratch\nCOPY d /d\n')
    expect((await layersOf(image))[0]).toEqual(['d/ 755 0:0', 'd/a\nb"c 644 0:0 1', 'd/ü\u{1f980} 644 0:0 2'])
  })

  it('a name that is no text is refused, and shown', async () => {
    const f = await start({ 'd/good': '1', 'd/\ufffd': 'the replacement character itself' })
    await f.build('FROM scratch\nCOPY d /d\n')
    writeFileSync(Buffer.concat([Buffer.from(`${f.contextDir}/d/bad-`), Buffer.from([0xff, 0x0a])]), 'x')
    const error = await failure(f.build('FROM scratch\nCOPY d /d\n'))
    expect([error.code, error.message]).toEqual(['BUILD_NAME_INVALID', expect.stringContaining('d/bad-\\xff\\x0a')])
  })

  it('three thousand names of one file are one file', async () => {
    const f = await start({ 'd/0': 'once' })
    for (let i = 1; i < 3000; i++) linkSync(join(f.contextDir, 'd/0'), join(f.contextDir, `d/${i}`))
    const { image } = await f.build('FROM scratch\nCOPY d /d\n')
    const lines = (await layersOf(image))[0] ?? []
    expect([lines.length, lines.filter((line) => line.endsWith('once')).length]).toEqual([3001, 1])
  })
})

describe('a context that changes while it is read', () => {
  const large = 'L'.repeat(300_000)
  const changes: readonly (readonly [string, (file: string) => void])[] = [
    ['grows', (file) => writeFileSync(file, 'more', { flag: 'a' })],
    ['shrinks', (file) => writeFileSync(file, 's')],
    ['gets other content of the same size', (file) => writeFileSync(file, 'X'.repeat(String(file).endsWith('large') ? large.length : 5))],
    ['vanishes', (file) => rmSync(file)],
    ['becomes a folder', (file) => void [rmSync(file), mkdirSync(file)]],
    ['is replaced by another file', (file) => void [writeFileSync(`${file}.new`, 'other'), renameSync(`${file}.new`, file)]],
    ['becomes a pipe', (file) => void [rmSync(file), makePipe(file)]],
    ['becomes a link to a secret', (file) => void [rmSync(file), symlinkSync('/etc/passwd', file)]],
  ]
  it.each(changes.flatMap(([name, change]) => ['small', 'large'].map((file) => [file, name, change] as const)))('%s file %s', async (name, _what, change) => {
    const f = await start({ [`d/${name}`]: name === 'large' ? large : 'small' })
    const tree = directoryTree(
      f.contextDir,
      (await import('../dockerfile/ignore.ts')).ignoreRules([], () => undefined),
      { sinceMs: Date.now() + 1000 },
    )
    const node = await tree.find(`d/${name}`, { signal })
    change(join(f.contextDir, 'd', name))
    const read = async () => {
      const content = node?.kind === 'file' ? await node.content({ signal }) : ''
      if (typeof content !== 'string' && !(content instanceof Uint8Array)) await content.toArray()
    }
    const error = await failure(read())
    expect([error.code, error.message]).toEqual(['BUILD_CONTEXT_CHANGED', `d/${name} changed while it was being read.`])
  })

  it(
    'between a RUN that stands on it and its layer: an error, and the next build is right',
    needs(process.getuid?.() === 0, 'the stand-in for the sandbox gives files to root: that needs root'),
    async () => {
      const f = await start({ f: 'before' })
      const file = join(f.contextDir, 'f')
      let times = 0
      const sandbox = fakeSandbox({
        act({ upper }) {
          times += 1
          writeFileSync(join(upper, `out${times}`), '')
          if (times === 1) {
            writeFileSync(file, 'later!')
            utimesSync(file, 1_600_000_000.75, 1_600_000_000.75)
          }
          return 0
        },
      })
      const text = 'FROM scratch AS a\nCOPY f /f\nRUN look\nFROM scratch\nCOPY --from=a /f /f\nCOPY f /g\n'
      const first = await f.build(text, { sandbox }).catch((error: unknown) => error)
      if (isProblem(first)) expect(first.code).toBe('BUILD_CONTEXT_CHANGED')
      const { image } = await f.build(text, { sandbox })
      const lines = (await layersOf(image)).flat()
      expect(lines.filter((line) => line.startsWith('g '))).toEqual(['g 644 0:0 later!'])
      expect(lines.filter((line) => line.startsWith('f '))).toEqual(['f 644 0:0 later!'])
    },
  )

  it('a file written in the same moment twice is never taken for the first one', async () => {
    const f = await start({ f: 'one' })
    for (let round = 0; round < 20; round++) {
      const text = round % 2 === 0 ? 'one' : 'two'
      writeFileSync(join(f.contextDir, 'f'), text)
      utimesSync(join(f.contextDir, 'f'), 1_600_000_000, 1_600_000_000)
      expect((await layersOf((await f.build('FROM scratch\nCOPY f /f\n')).image))[0]).toEqual([`f 644 0:0 ${text}`])
    }
  })
})

describe('an archive that ADD unpacks', () => {
  it.each([
    ['a path that escapes', [fileAt('ok'), fileAt('../evil')], 'TAR_PATH_ESCAPES'],
    ['a path that escapes in the middle', [fileAt('a/../../evil')], 'TAR_PATH_ESCAPES'],
    ['a hard link to nothing', [fileAt('ok'), linkAt('l', 'nothing')], 'BUILD_ARCHIVE_REFUSED'],
    ['a hard link out of it', [fileAt('ok'), linkAt('l', '../../etc/passwd')], 'TAR_PATH_ESCAPES'],
    ['hard links in a circle', [linkAt('a', 'b'), linkAt('b', 'a')], 'BUILD_ARCHIVE_REFUSED'],
    ['a hard link to itself', [linkAt('a', 'a')], 'BUILD_ARCHIVE_REFUSED'],
  ] as const)('with %s is refused', async (_name, items, code) => {
    const f = await start()
    writeFileSync(join(f.contextDir, 'a.tar'), await tarOf(...items))
    expect((await failure(f.build('FROM scratch\nADD a.tar /x/\n'))).code).toBe(code)
    expect(existsSync(join(f.storeDir, 'blobs'))).toBe(false)
  })

  it('absolute paths begin at the destination', async () => {
    const f = await start()
    writeFileSync(join(f.contextDir, 'a.tar'), await tarOf(fileAt('/etc/app', 'A')))
    expect((await layersOf((await f.build('FROM scratch\nADD a.tar /x/\n')).image)).flat()).toContain('x/etc/app 644 0:0 A')
  })

  it('one that is cut is no image', async () => {
    const f = await start()
    const whole = gzipSync(await tarOf(fileAt('a', 'A'.repeat(100_000))))
    writeFileSync(join(f.contextDir, 'a.tgz'), whole.subarray(0, whole.length - 20))
    await expect(f.build('FROM scratch\nADD a.tgz /x/\n')).rejects.toThrow()
  })

  it('one that grows beyond all proportion is stopped', async () => {
    const packed = gzipSync(Buffer.alloc(4 * 1024 * 1024))
    const { before, after } = growthGuard('bomb.tgz', { growth: 100, least: 1024 * 1024 })
    const source = (await import('node:stream')).Readable.from([packed], { objectMode: false })
    const grown = joinStreams(joinStreams(source, [before], { signal }), [(await import('node:zlib')).createGunzip(), after], { signal })
    expect((await failure(grown.toArray())).code).toBe('UNPACKED_TOO_LARGE')
  })
})

describe('a base layer', () => {
  const copying = 'FROM base AS b\nFROM scratch\nCOPY --from=b / /all/\n'

  it.each([
    ['a path that escapes', [fileAt('ok'), fileAt('../../evil')]],
    ['a path that escapes in the middle', [fileAt('a/../../evil')]],
  ] as const)('with %s is refused', async (_name, items) => {
    const f = await start()
    expect((await failure(f.build(copying, await baseOf(await tarOf(...items))))).code).toBe('TAR_PATH_ESCAPES')
    const sandbox = fakeSandbox()
    expect((await failure(f.build('FROM base\nRUN x\n', { ...(await baseOf(await tarOf(...items))), sandbox }))).code).toBe('TAR_PATH_ESCAPES')
  })

  it.each([
    ['of nothing', '.wh.'],
    ['of its own folder', '.wh..'],
    ['of the folder above', '.wh...'],
    ['of the folder above, deeper', 'd/.wh...'],
    ['of an old storage driver', '.wh..wh.plnk'],
    ['in the name of a folder', '.wh.keep/x'],
  ])('with a white-out %s hides nothing', async (_name, path) => {
    const f = await start()
    const given = await baseOf(await tarOf(fileAt('keep', 'K'), folderAt('d'), fileAt('d/keep', 'D')), await tarOf(folderAt('d'), fileAt(path, '')))
    const lines = (await layersOf((await f.build(copying, given)).image)).flat()
    expect(lines).toEqual(expect.arrayContaining(['all/keep 644 0:0 K', 'all/d/keep 644 0:0 D']))
  })

  it('with an opaque mark that comes first, last or twice hides what is below, and only that', async () => {
    for (const order of [
      ['d/.wh..wh..opq', 'd/new'],
      ['d/new', 'd/.wh..wh..opq'],
      ['d/.wh..wh..opq', 'd/new', 'd/.wh..wh..opq'],
    ]) {
      const f = await start()
      const lower = await tarOf(folderAt('d'), fileAt('d/old'), fileAt('dd'))
      const given = await baseOf(lower, await tarOf(folderAt('d'), ...order.map((path) => fileAt(path, ''))))
      const lines = (await layersOf((await f.build(copying, given)).image)).flat()
      expect(lines.map((line) => line.split(' ')[0])).toEqual(['all/', 'all/d/', 'all/d/new', 'all/dd'])
    }
  })

  it('with hard links in a circle has neither', async () => {
    const f = await start()
    const given = await baseOf(await tarOf(fileAt('ok', 'O'), linkAt('a', 'b'), linkAt('b', 'a')))
    const lines = (await layersOf((await f.build(copying, given)).image)).flat()
    expect(lines).toEqual(['all/ 755 0:0', 'all/ok 644 0:0 O'])
  })

  it('with links in a circle on the way is refused when it is unpacked', async () => {
    const f = await start()
    const link = (path: string, target: string) => ({ entry: { kind: 'symlink', path, target, ...common, mode: 0o777 } as TarEntry })
    const given = await baseOf(await tarOf(link('a', 'b'), link('b', 'a')), await tarOf(fileAt('a/x')))
    expect((await failure(f.build('FROM base\nRUN x\n', { ...given, sandbox: fakeSandbox() }))).code).toBe('TAR_PATH_ESCAPES')
  })
})
