/** Base images of handmade layers under a RUN: what a command sees of them, whichever way they are mounted. Needs Linux and root. */
import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isProblem } from '../../../src/base/problem.ts'
import { type Fixture, fixture } from '../../../src/builder/build-fixture.ts'
import { namespaceSandbox } from '../../../src/builder/exec/namespaces.ts'
import type { LayerForm } from '../../../src/builder/exec/sandbox.ts'
import { assembleImage } from '../../../src/oci/assemble.ts'
import { digestOf } from '../../../src/oci/digest.ts'
import { layerTypes } from '../../../src/oci/media-types.ts'
import { layerFromBytes } from '../../../src/oci/partial-layer.ts'
import type { Image } from '../../../src/oci/views.ts'
import type { TarEntry } from '../../../src/tar/entry.ts'
import { type TarItem, writeTar } from '../../../src/tar/write-tar.ts'
import { real } from '../../support/real.ts'
import { needs, promised } from '../../support/skip.ts'

const busybox = real('busybox', { apt: 'busybox-static', version: ['busybox'] })
const options = process.getuid?.() === 0 ? busybox.options : promised('ci', needs(false, 'RUN as root needs root'))
const signal = new AbortController().signal

const common = { mode: 0o755, uid: 0, gid: 0, mtimeNs: 1_600_000_000n * 1_000_000_000n }
const dir = (path: string, more: object = {}): TarItem => ({ entry: { kind: 'dir', path, ...common, ...more } })
const file = (path: string, text = '', more: object = {}): TarItem => ({
  entry: { kind: 'file', path, size: Buffer.byteLength(text), ...common, mode: 0o644, ...more },
  body: Buffer.from(text),
})
const link = (path: string, target: string): TarItem => ({ entry: { kind: 'hardlink', path, target, ...common } })
const symlink = (path: string, target: string): TarItem => ({ entry: { kind: 'symlink', path, target, ...common } })

const names = ['sh', 'cat', 'ls', 'find', 'sort', 'xargs', 'stat', 'rm', 'mv', 'touch', 'echo', 'chmod', 'grep', 'wc', 'cp', 'true']
function tools(): TarItem[] {
  const program = readFileSync(busybox.path)
  const entry: TarEntry = { kind: 'file', path: 'bin/busybox', size: program.length, ...common }
  return [dir('bin'), { entry, body: program }, ...names.map((name) => symlink(`bin/${name}`, 'busybox')), dir('t')]
}

async function imageOf(layers: readonly (readonly TarItem[])[], o: { readonly diffIds?: readonly string[] } = {}): Promise<Image> {
  const made = await Promise.all(
    layers.map(async (items, i) => {
      const tar = Buffer.concat(await (writeTar(items, { signal }).toArray() as Promise<Buffer[]>))
      return layerFromBytes(gzipSync(tar, { level: 1 }), { mediaType: layerTypes.oci.gzip, diffId: (o.diffIds?.[i] ?? digestOf(tar)) as never })
    }),
  )
  const diffIds = await Promise.all(made.map((layer) => layer.diffId()))
  const config = { os: 'linux', architecture: 'amd64', config: { Env: ['PATH=/bin'] }, rootfs: { type: 'layers', diff_ids: diffIds } } as const
  return assembleImage({ format: 'oci', layers: made, config })
}

/** Paths below /t: name, mode, owner, links, and what is in small files. */
const list = `cd /t; find . ! -name . | sort | while read f; do if test -L "$f"; then echo "$f -> $(stat -c %N "$f" | grep -o "[^ ']*'$")"; elif test -d "$f"; then stat -c '%n/ %a %u:%g' "$f"; else echo "$(stat -c '%n %a %u:%g %h' "$f") $(cat "$f")"; fi; done`

const forms: readonly LayerForm[] = ['image', 'image through loop', 'folder']
const cases: readonly (readonly [string, readonly (readonly TarItem[])[], readonly string[]])[] = [
  [
    'folders that a layer does not describe keep owner and mode',
    [
      [dir('t/p', { mode: 0o750, uid: 5, gid: 6 }), dir('t/p/q', { mode: 0o711, uid: 7 }), file('t/p/old', 'o')],
      [file('t/p/q/new', 'n'), file('t/other/x', 'x')],
    ],
    ['./other/ 755 0:0', './other/x 644 0:0 1 x', './p/ 750 5:6', './p/old 644 0:0 1 o', './p/q/ 711 7:0', './p/q/new 644 0:0 1 n'],
  ],
  [
    'folders described by a layer are as it says, others below them as before',
    [
      [dir('t/p', { mode: 0o750 }), dir('t/p/q', { mode: 0o711, uid: 7 })],
      [dir('t/p', { mode: 0o700, uid: 3 }), file('t/p/q/new', 'n')],
    ],
    ['./p/ 700 3:0', './p/q/ 711 7:0', './p/q/new 644 0:0 1 n'],
  ],
  [
    'entries go through links of lower layers',
    [
      [dir('t/real', { mode: 0o700 }), symlink('t/link', 'real'), symlink('t/abs', '/t/real')],
      [file('t/link/a', 'a'), file('t/abs/sub/b', 'b')],
    ],
    ["./abs -> /t/real'", "./link -> real'", './real/ 700 0:0', './real/a 644 0:0 1 a', './real/sub/ 755 0:0', './real/sub/b 644 0:0 1 b'],
  ],
  [
    'hard links to files of lower layers',
    [
      [file('t/a', 'A', { uid: 9 }), dir('t/d'), symlink('t/s', 'd'), file('t/d/c', 'C')],
      [link('t/b', 't/a'), link('t/e', 't/s/c')],
    ],
    ['./a 644 9:0 2 A', './b 644 9:0 2 A', './d/ 755 0:0', './d/c 644 0:0 2 C', './e 644 0:0 2 C', "./s -> d'"],
  ],
  [
    'what is removed is gone, what comes again is new',
    [
      [dir('t/d'), file('t/d/a', '1'), file('t/d/b', '2'), dir('t/e'), file('t/e/x', '3'), file('t/f', '4'), dir('t/g'), file('t/g/y', '5')],
      [file('t/d/.wh.a'), file('t/.wh.e'), dir('t/g'), file('t/g/.wh..wh..opq'), file('t/g/z', '6'), file('t/.wh.none')],
      [dir('t/e'), file('t/e/new', '7'), file('t/.wh.f'), file('t/f', '8')],
    ],
    ['./d/ 755 0:0', './d/b 644 0:0 1 2', './e/ 755 0:0', './e/new 644 0:0 1 7', './f 644 0:0 1 8', './g/ 755 0:0', './g/z 644 0:0 1 6'],
  ],
  [
    'a folder that is removed and made again in one layer, in either order',
    [
      [dir('t/a'), file('t/a/old', '1'), dir('t/b'), file('t/b/old', '2')],
      [file('t/.wh.a'), dir('t/a'), file('t/a/new', '3'), dir('t/b'), file('t/b/new', '4'), file('t/.wh.b')],
    ],
    ['./a/ 755 0:0', './a/new 644 0:0 1 3', './b/ 755 0:0', './b/new 644 0:0 1 4'],
  ],
  [
    'a file where a folder was, and a folder where a file was',
    [
      [dir('t/a'), file('t/a/in', '1'), file('t/b', '2'), symlink('t/c', 'a')],
      [file('t/a', '3'), dir('t/b'), file('t/b/in', '4'), dir('t/c')],
    ],
    ['./a 644 0:0 1 3', './b/ 755 0:0', './b/in 644 0:0 1 4', './c/ 755 0:0'],
  ],
  [
    'white-outs in a folder that no other layer has are not seen',
    [[dir('t/only'), file('t/only/.wh.x'), file('t/only/y', '1')]],
    ['./only/ 755 0:0', './only/y 644 0:0 1 1'],
  ],
  [
    'entries that come twice, dots and slashes',
    [
      [
        file('./t//a', '1'),
        file('t/./a', '22'),
        dir('/t/d/'),
        file('t/d/x', '3'),
        link('t/y', './t/d/x'),
        file('t/d', 'now a file'),
        dir('t/z'),
        dir('t/z', { mode: 0o700 }),
      ],
    ],
    ['./a 644 0:0 1 22', './d 644 0:0 1 now a file', './y 644 0:0 1 3', './z/ 700 0:0'],
  ],
  ['a root that hides all below', [[file('t/old', '1')], [...([] as TarItem[]), file('.wh..wh..opq'), file('t/new', '2')]], ['./new 644 0:0 1 2']],
]

describe.each(forms)('layers as %s', options, (layers) => {
  let f: Fixture
  let first: TarItem[]
  beforeAll(async () => {
    first = tools()
    f = await fixture()
  })
  afterAll(() => f?.remove())

  const run = async (image: Image, instructions: string, o: { readonly f?: Fixture } = {}): Promise<string[]> => {
    const lines: string[] = []
    const emit = (event: { kind: string; text?: string; step?: number }) =>
      void (event.kind === 'log' && event.step !== undefined && lines.push(event.text ?? ''))
    await (o.f ?? f).build(`FROM base\n${instructions}\n`, {
      baseImage: async () => image,
      sandbox: namespaceSandbox({ layers }),
      emit: emit as never,
      noCache: true,
    })
    return lines
  }

  it.each(cases)('%s', async (name, above, expected) => {
    const stack = name.includes('root') ? [above[0] ?? [], [...first, ...(above[1] ?? [])]] : [first, ...above]
    expect(await run(await imageOf(stack), `RUN ${list}`)).toEqual(expected)
  })

  it('are changed, moved and removed by commands, and copied from', async () => {
    const image = await imageOf([first, [dir('t/d', { mode: 0o700 }), file('t/d/a', 'a'), link('t/d/b', 't/d/a'), file('t/s', 's')], [file('t/d/c', 'c')]])
    const text = `RUN mv /t/s /t/d/s && rm /t/d/c && chmod 711 /t/d && echo more >> /t/d/a && ${list}\nCOPY --from=base /t/d /t/copy\nRUN ls /t/copy`
    expect(await run(image, text)).toEqual(['./d/ 711 0:0', './d/a 644 0:0 1 amore', './d/b 644 0:0 2 a', './d/s 644 0:0 1 s', 'a', 'b', 'c'])
  })

  it('may be forty, or more than the kernel stacks', async () => {
    for (const count of [40, 520]) {
      const many = Array.from({ length: count }, (_, i) => [file(`t/f${i}`, String(i)), ...(i > 0 ? [file(`t/.wh.f${i - 1}`)] : []), file('t/all', `${i}`)])
      expect(await run(await imageOf([first, ...many]), `RUN ${list}`)).toEqual([`./all 644 0:0 1 ${count - 1}`, `./f${count - 1} 644 0:0 1 ${count - 1}`])
    }
  }, 120_000)

  it('are refused when they are not what the image says', async () => {
    const image = await imageOf([first, [file('t/x', 'evil')]], { diffIds: [digestOf(await plain(first)), digestOf(Buffer.from('good'))] })
    const error = await run(image, 'RUN true').catch((reason: unknown) => reason)
    expect(isProblem(error, 'DIGEST_MISMATCH')).toBe(true)
  })

  it('are written anew when they were damaged', { skip: layers === 'folder', meta: { because: 'there is no image' } }, async () => {
    const image = await imageOf([first, [dir('t'), file('t/kept', 'k')]])
    const own = await fixture()
    const folder = join(own.storeDir, 'build', 'layers')
    // Two names of one file each: until the machine restarts, and for good.
    const sizes = () => readdirSync(folder).map((name) => statSync(join(folder, name)).size)
    await run(image, 'RUN true', { f: own })
    const before = sizes()
    const damages: readonly ((path: string) => void)[] = [
      (path) => truncateSync(path, statSync(path).size - 100),
      (path) => truncateSync(path, 5000),
      (path) => flip(path, 1024 + 14),
      (path) => flip(path, statSync(path).size - 200),
      (path) => truncateSync(path, 0),
    ]
    for (const damage of damages) {
      for (const name of readdirSync(folder).filter((one) => /^[0-9a-f]+-\d+\.erofs$/.test(one))) damage(join(folder, name))
      expect(await run(image, 'RUN cat /t/kept && echo', { f: own })).toEqual(['k'])
      expect(sizes()).toEqual(before)
    }
    await own.remove()
  })

  it('leave no loop device, no mount, no work behind', () => {
    const loops = readdirSync('/sys/block').filter((name) => name.startsWith('loop') && readdirSync(`/sys/block/${name}`).includes('loop'))
    const ours = loops.filter((name) => readFileSync(`/sys/block/${name}/loop/backing_file`, 'utf8').includes(f.storeDir))
    expect(ours).toEqual([])
    expect(readFileSync('/proc/self/mounts', 'utf8')).not.toContain(f.storeDir)
    expect(readdirSync(join(f.storeDir, 'build', 'runs'))).toEqual([])
  })
})

async function plain(items: readonly TarItem[]): Promise<Buffer> {
  return Buffer.concat(await (writeTar(items, { signal }).toArray() as Promise<Buffer[]>))
}

function flip(path: string, at: number): void {
  const bytes = readFileSync(path)
  bytes[at] = (bytes[at] ?? 0) ^ 0x55
  writeFileSync(path, bytes)
}
