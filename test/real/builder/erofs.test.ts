/** The EROFS writer against the kernel, compared with what GNU tar unpacks, and against fsck.erofs. Needs root. */
import { execFileSync } from 'node:child_process'
import { createReadStream, createWriteStream, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { pipeline } from 'node:stream/promises'
import fc from 'fast-check'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { writeImage } from '../../../src/builder/rootfs/erofs/write-image.ts'
import type { TarEntry } from '../../../src/tar/entry.ts'
import { type TarItem, writeTar } from '../../../src/tar/write-tar.ts'
import { real } from '../../support/real.ts'
import { needs, promised } from '../../support/skip.ts'
import { fsckErofs } from '../support/fsck-erofs.ts'
import { bothTrees } from './list-tree.ts'

const getfattr = real('getfattr', { apt: 'attr' })
const fsck = fsckErofs()
const options = process.getuid?.() === 0 ? getfattr.options : promised('ci', needs(false, 'mounting needs root'))
const signal = new AbortController().signal

const folder = mkdtempSync(join(tmpdir(), 'slipway-erofs-'))
let at = folder
let count = 0
beforeEach(() => {
  at = join(folder, String(++count))
  mkdirSync(at)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function image(): Promise<string> {
  const path = join(at, 'layer.erofs')
  const file = await open(path, 'w+')
  try {
    await writeImage(file, createReadStream(join(at, 'layer.tar')), { name: 'test', check: () => undefined, signal })
  } finally {
    await file.close()
  }
  return path
}

async function same(items: readonly TarItem[]): Promise<readonly string[]> {
  await pipeline(writeTar(items, { signal }), createWriteStream(join(at, 'layer.tar')))
  // tar gives folders their times where it can tell that nothing follows.
  return sameAsTar({ folderTimes: false })
}

async function sameAsTar(o: { readonly folderTimes: boolean }): Promise<readonly string[]> {
  const made = await image()
  const { unpacked, mounted } = bothTrees(at, o)
  expect(mounted).toEqual(unpacked)
  // Where there is none that can read it, the suite below says so.
  const checked = fsck.check?.(made, ['-d3'])
  if (checked !== undefined) expect(checked).toEqual({ code: 0, said: expect.stringContaining('No errors found') })
  return mounted
}

/** A tree made by a shell, archived by GNU tar. */
async function sameAsTree(script: string, tar = '--format=posix --sparse --xattrs --xattrs-include=*'): Promise<readonly string[]> {
  execFileSync('/bin/sh', ['-ec', `mkdir tree; cd tree; ${script}; cd ..; tar ${tar} -cf layer.tar -C tree .`], { cwd: at, stdio: 'inherit' })
  rmSync(join(at, 'tree'), { recursive: true })
  return sameAsTar({ folderTimes: true })
}

const common = { mode: 0o755, uid: 0, gid: 0, mtimeNs: 1_700_000_000_123_456_789n }
const root: TarItem = { entry: { kind: 'dir', path: './', ...common } }
const dir = (path: string, more: object = {}): TarItem => ({ entry: { kind: 'dir', path, ...common, ...more } })
const file = (path: string, text = '', more: object = {}): TarItem => ({
  entry: { kind: 'file', path, size: Buffer.byteLength(text), ...common, ...more },
  body: Buffer.from(text),
})
const other = (entry: object): TarItem => ({ entry: { ...common, ...entry } as TarEntry })

describe('an image, mounted, is what GNU tar unpacks', options, () => {
  it('of a tree with everything', async () => {
    const long = 'n'.repeat(255)
    const lines = await sameAsTree(`
      mkdir -p a/b e; echo c > a/b/c; ln a/b/c a/d; ln a/b/c e/f; ln -s ../b/c a/l; ln -s ${'t'.repeat(1000)} a/long; mkfifo -m 640 a/p; mknod a/n c 1 3; mknod a/z b 259 70000
      touch a/${long}; mkdir a/${'ä'.repeat(127)}; chmod 6755 a/b/c; chmod 1777 e; chown 1234567:4000000000 a/n; touch -d @-5.25 a/p; touch -d @9000000000.5 e; touch -h -d @1 a/l
      cp a/b/c cap; setcap cap_net_raw+ep cap; setfattr -n user.t -v text cap; setfattr -n user.bin -v 0x00ff0a cap; setfattr -n user.big -v 0x${'ab'.repeat(2000)} e
      setfattr -n trusted.kept -v x a; truncate -s 5G hole; echo tail >> hole; truncate -s 6G hole2; echo another >> hole2; truncate -s 100k only-hole; echo after > zz`)
    expect(lines.join('\n')).toContain('cap')
  }, 120_000)

  it.each([
    '--format=gnu',
    '--format=ustar',
    '--format=v7',
    '--format=posix',
    '--format=posix --sparse --sparse-version=0.0',
    '--format=posix --sparse --sparse-version=0.1',
    '--format=gnu --sparse',
  ])('of archives in the form %s', async (form) => {
    await sameAsTree(
      'mkdir -p d/e; echo 1 > d/e/f; ln d/e/f d/g; ln -s e d/s; printf x > h; truncate -s 300000 h; printf y >> h; dd if=/dev/zero of=h bs=1 seek=700001 count=3 conv=notrunc status=none',
      form,
    )
  })

  it('of a folder of 100,000 entries, and of deep ones', async () => {
    const many = Array.from({ length: 100_000 }, (_, i) => file(`many/${(i * 7919) % 100_000}-${'x'.repeat(i % 40)}`, i % 1000 === 0 ? String(i) : ''))
    const deep = Array.from({ length: 200 }, (_, i) => dir(`deep/${'a/'.repeat(i)}b`))
    const all = await same([root, dir('many'), ...many, dir('deep'), ...Array.from({ length: 200 }, (_, i) => dir(`deep/${'a/'.repeat(i)}a`)), ...deep])
    expect(all.length).toBeGreaterThan(200_000)
  }, 300_000)

  it('where entries come twice, through links, without their folders, with dots and slashes', async () => {
    await same([
      root,
      file('first/./a', 'A'),
      file('./b', '1'),
      file('b', '22'),
      dir('usr/lib', { mode: 0o711 }),
      other({ kind: 'symlink', path: 'lib', target: 'usr/lib' }),
      file('lib/in', 'x'),
      dir('d'),
      file('d/x', 'x'),
      other({ kind: 'hardlink', path: 'd/y', target: 'd/x' }),
      file('d/x', 'new'),
      dir('usr/lib', { mode: 0o700, uid: 5 }),
      dir('first', { mtimeNs: 7n }),
      dir('usr', { mtimeNs: 8n }),
    ])
  })
  const name = fc.oneof(fc.constantFrom('a', 'b', '!', '-', 'ä', 'zz'), fc.string({ minLength: 1, maxLength: 250, unit: fc.constantFrom('a', 'b', '~', ' ') }))
  const tree = fc.uniqueArray(
    fc.record({
      path: fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/')),
      kind: fc.constantFrom('file', 'file', 'file', 'dir', 'symlink', 'fifo', 'char', 'hardlink'),
      mode: fc.nat(0o7777),
      uid: fc.oneof(fc.nat(70_000), fc.constant(4_000_000_000)),
      mtimeNs: fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }),
      xattrs: fc.dictionary(fc.constantFrom('user.a', 'user.b'), fc.uint8Array({ minLength: 1, maxLength: 600 }), { maxKeys: 2 }),
      body: fc.string({ maxLength: 2000 }),
      target: fc.string({ minLength: 1, maxLength: 600, unit: fc.constantFrom('t', '/', '.') }),
    }),
    { selector: (one) => one.path, maxLength: 40 },
  )
  it('for random trees', async () => {
    await fc.assert(
      fc.asyncProperty(tree, async (given) => {
        at = join(folder, String(++count))
        mkdirSync(at)
        const folders = new Set(given.flatMap(({ path }) => path.split('/').map((_, i, parts) => parts.slice(0, i).join('/'))))
        folders.delete('')
        const items: TarItem[] = [root, ...[...folders].sort().map((path) => dir(path))]
        let linked: string | undefined
        for (const { path, kind, body, target, xattrs, ...rest } of given.filter((one) => !folders.has(one.path))) {
          const more = {
            ...rest,
            gid: rest.uid,
            ...(kind !== 'symlink' && kind !== 'fifo' && { xattrs: new Map(Object.entries(xattrs).map(([key, value]) => [key, Buffer.from(value)])) }),
          }
          if (kind === 'hardlink' && linked !== undefined) items.push(other({ kind, path, target: linked }))
          else if (kind === 'file') {
            linked = path
            items.push(file(path, body, more))
          } else if (kind === 'char') items.push(other({ kind, path, major: 1, minor: 3, ...rest }))
          else if (kind !== 'hardlink') items.push(other({ kind, path, target, ...more }))
        }
        await same(items)
        rmSync(at, { recursive: true })
      }),
      { numRuns: 25 },
    )
  }, 300_000)
})

describe('an image, checked by fsck.erofs', needs(fsck.missing === undefined, fsck.missing ?? ''), () => {
  it('has no faults', async () => {
    const xattrs = new Map([['user.a', Buffer.alloc(700, 'x')]])
    const items = [
      root,
      ...Array.from({ length: 3000 }, (_, i) => file(`d/f${i}`, String(i))),
      other({ kind: 'symlink', path: 's', target: 't'.repeat(900), xattrs }),
    ]
    await pipeline(writeTar(items, { signal }), createWriteStream(join(at, 'layer.tar')))
    expect(fsck.check?.(await image(), ['-d3', '--extract'])).toEqual({ code: 0, said: expect.stringContaining('No errors found') })
  })
})
