/** Layers as EROFS images: what entries make of each other, and that what is written is found again. The kernel's opinion: test/real/builder/erofs.test.ts. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TarEntry } from '../tar/entry.ts'
import { headerSize } from './format.ts'
import { decodeHeader } from './header.ts'
import { planImage } from './image.ts'
import { type LayerTree, layerTree } from './layer-tree.ts'
import { type ImageView, openImage } from './view.ts'

const common = { mode: 0o755, uid: 0, gid: 0, mtimeNs: 0n }
const dir = (path: string, more: object = {}): TarEntry => ({ kind: 'dir', path, ...common, ...more })
const file = (path: string, size = 0, more: object = {}): TarEntry => ({ kind: 'file', path, size, ...common, ...more })
const link = (path: string, target: string): TarEntry => ({ kind: 'hardlink', path, target, ...common })
const symlink = (path: string, target: string): TarEntry => ({ kind: 'symlink', path, target, ...common })

function treeOf(entries: readonly TarEntry[]): LayerTree {
  const tree = layerTree()
  for (const [i, entry] of entries.entries()) tree.add({ entry, offset: 512 * (i + 1) })
  return tree
}

function viewOf(tree: LayerTree, tarSize = 100 * 512): ImageView {
  const { header, metadata } = planImage(tree, { name: 'test', tarSize })
  const facts = decodeHeader(header)
  const view = facts && openImage(metadata, facts)
  if (view === undefined) throw new Error('not readable')
  return view
}

/** Everything in the image: path, kind, and what a folder hides. */
function shown(entries: readonly TarEntry[]): string[] {
  const view = viewOf(treeOf(entries))
  const visit = (path: string): string[] =>
    view.names(path).flatMap((name) => {
      const at = path === '' ? name : `${path}/${name}`
      const node = view.find(at)
      const opaque = node?.xattrs.has('trusted.overlay.opaque') ? ' opaque' : ''
      const kind = node?.kind === 'char' && node.major === 0 && node.minor === 0 ? 'gone' : `${node?.kind}${opaque}`
      return [`${at} ${kind}${node?.kind === 'symlink' ? ` ${node.target}` : ''}`, ...visit(at)]
    })
  return visit('')
}

describe('entries of a layer', () => {
  const cases: readonly (readonly [string, readonly TarEntry[], readonly string[]])[] = [
    ['the last one of a name wins', [file('a', 1), symlink('a', 'x')], ['a symlink x']],
    ['folders are added to', [dir('d'), file('d/a'), dir('d'), file('d/b')], ['d dir', 'd/a file', 'd/b file']],
    ['a file in the place of a folder', [dir('d'), file('d/a'), file('d')], ['d file']],
    ['a folder in the place of a file hides lower ones', [file('d'), dir('d')], ['d dir opaque']],
    ['missing folders are made', [file('a/b/c')], ['a dir', 'a/b dir', 'a/b/c file']],
    ['dots and slashes do not matter', [dir('./'), dir('./d/'), file('.//d/./a'), file('/b')], ['b file', 'd dir', 'd/a file']],
    [
      'links in between are followed',
      [dir('usr/lib'), symlink('lib', 'usr/lib'), file('lib/x')],
      ['lib symlink usr/lib', 'usr dir', 'usr/lib dir', 'usr/lib/x file'],
    ],
    ['links in between never leave', [symlink('up', '../../../etc'), file('up/x')], ['etc dir', 'etc/x file', 'up symlink ../../../etc']],
    ['a removed name', [dir('d'), file('d/.wh.a')], ['d dir', 'd/a gone']],
    ['a name that is removed and there', [file('a'), file('.wh.a')], ['a file']],
    ['a folder that is removed and there, in both orders', [dir('a'), file('.wh.a'), file('.wh.b'), dir('b')], ['a dir opaque', 'b dir opaque']],
    ['a folder that hides all below', [dir('d'), file('d/.wh..wh..opq'), file('d/a')], ['d dir opaque', 'd/a file']],
    ['files of old storage drivers', [file('.wh..wh.plnk/1'), dir('.wh..wh.orph')], ['.wh..wh.plnk dir', '.wh..wh.plnk/1 file']],
    ['white-outs of nothing', [file('.wh.'), file('.wh..'), file('.wh...')], []],
    ['names before the dots in byte order', [file('!'), file('-'), file('a'), file('Z'), file('ä')], ['! file', '- file', 'Z file', 'a file', 'ä file']],
  ]
  it.each(cases)('%s', (_name, entries, expected) => {
    expect(shown(entries)).toEqual(expected)
  })

  it('share an inode by hard links, also through links and when the first name is gone', () => {
    const view = viewOf(treeOf([file('d/a', 5), link('b', 'd/a'), symlink('s', 'd'), link('c', 's/a'), file('d/a', 7)]))
    expect([view.find('b')?.size, view.find('b')?.links, view.find('c')?.number === view.find('b')?.number, view.find('d/a')?.size]).toEqual([5, 2, true, 7])
  })

  it('say what only lower layers know', () => {
    const { notes } = viewOf(treeOf([dir('x/y'), file('x/y/a'), file('p/q/b'), link('l', 'lower/file'), file('.wh..wh..opq')]))
    expect(notes).toEqual({ implied: expect.arrayContaining(['x', 'p', 'p/q']), foreignLinks: [['l', 'lower/file']], opaqueRoot: true })
    expect(notes.implied).toHaveLength(3)
  })

  it('with paths that lead out, links in a circle, below a file, with names that are too long or owners that nobody has are refused', () => {
    expect(() => treeOf([symlink('a', 'b'), symlink('b', 'a'), file('a/x')])).toThrow('circles')
    expect(() => treeOf([file('../a')])).toThrow('it holds ".."')
    expect(() => treeOf([file('b/../../c')])).toThrow('it holds ".."')
    expect(() => treeOf([file('a'), file('a/x')])).toThrow('no directory')
    expect(() => treeOf([file('n'.repeat(256))])).toThrow('256 bytes')
    expect(() => treeOf([file('a', 0, { uid: 2 ** 32 })])).toThrow('no system')
    expect(() => treeOf([symlink('a', 'x'.repeat(5000))])).toThrow('5000 bytes')
  })

  it('keep attributes as bytes, but none that an overlay would take for its own', () => {
    const value = Buffer.from([0, 255, 10])
    const xattrs = new Map([
      ['user.a', value],
      ['security.capability', value],
      ['trusted.overlay.opaque', Buffer.from('y')],
      ['user.overlay.opaque', Buffer.from('y')],
      ['security.selinux', value],
    ])
    expect([...(viewOf(treeOf([dir('d', { xattrs })])).find('d')?.xattrs ?? [])]).toEqual([
      ['security.capability', value],
      ['user.a', value],
    ])
  })
})

describe('an image', () => {
  const name = fc.oneof(fc.string({ minLength: 1, maxLength: 4 }), fc.string({ minLength: 200, maxLength: 250, unit: fc.constantFrom('a', 'b', '~') }))
  const safe = name.filter((text) => !/^\.{1,2}$|[/\0]|^\.wh\./.test(text) && Buffer.byteLength(text) <= 255 && text.isWellFormed())
  const path = fc.array(safe, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/'))
  const attributes = fc.dictionary(fc.constantFrom('user.a', 'user.b', 'security.capability'), fc.uint8Array({ maxLength: 700 }), { maxKeys: 3 })
  const entry = fc.record({
    path,
    mode: fc.nat(0o7777),
    uid: fc.integer({ min: 0, max: 0xfffffffe }),
    mtimeNs: fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }),
    xattrs: attributes.map((values) => new Map(Object.entries(values).map(([key, value]) => [key, Buffer.from(value)]))),
    size: fc.nat(2 ** 40),
    target: fc.string({ minLength: 1, maxLength: 600, unit: 'grapheme-ascii' }),
  })

  it('gives back what was put in', () => {
    fc.assert(
      fc.property(fc.uniqueArray(entry, { selector: (one) => one.path, maxLength: 60 }), fc.integer(), (given, kinds) => {
        const folders = new Set(given.flatMap(({ path: at }) => at.split('/').map((_, i, parts) => parts.slice(0, i).join('/'))))
        const entries = given
          .filter((one) => !folders.has(one.path))
          .map(({ target, size, ...one }, i): TarEntry => {
            const facts = { ...one, gid: one.uid }
            return [{ kind: 'file', size, ...facts } as const, { kind: 'symlink', target, ...facts } as const, { kind: 'dir', ...facts } as const][
              Math.abs(kinds + i) % 3
            ] as TarEntry
          })
        const view = viewOf(treeOf(entries))
        for (const [i, one] of entries.entries()) {
          const found = view.find(one.path)
          expect(found).toMatchObject({ kind: one.kind, uid: one.uid, gid: one.gid, mtimeNs: one.mtimeNs, mode: one.kind === 'symlink' ? 0o777 : one.mode })
          expect(new Map(found?.xattrs)).toEqual(new Map([...(one.xattrs ?? [])].sort(([a], [b]) => (a < b ? -1 : 1))))
          if (one.kind === 'file')
            expect([found?.size, one.size === 0 ? 0 : found?.contentAt]).toEqual([one.size, one.size === 0 ? 0 : headerSize + 512 * (i + 1)])
          if (one.kind === 'symlink') expect(found?.target).toBe(one.target)
          const cut = one.path.lastIndexOf('/')
          expect(view.names(cut < 0 ? '' : one.path.slice(0, cut))).toContain(one.path.slice(cut + 1))
        }
        expect(view.find('not there at all')).toBeUndefined()
      }),
    )
  })

  it('finds its way in a folder of many entries', () => {
    const names = Array.from({ length: 20_000 }, (_, i) => `f${(i * 7919) % 20_000}`)
    const view = viewOf(treeOf(names.map((one) => file(`d/${one}`, 1))))
    expect(view.names('d')).toEqual([...names].sort())
    expect(names.every((one) => view.find(`d/${one}`)?.kind === 'file')).toBe(true)
    expect(view.find('d/f')).toBeUndefined()
  })

  it('spreads sparse files out behind the tar', () => {
    const tree = layerTree()
    tree.add({
      entry: file('s', 10_000),
      offset: 512,
      sparse: {
        size: 10_000,
        regions: [
          { offset: 1000, size: 600 },
          { offset: 9000, size: 1000 },
        ],
      },
    })
    const { copies, metadataAt } = planImage(tree, { name: 'x', tarSize: 3000 })
    const at = headerSize + 3072
    expect(copies).toEqual([
      { from: headerSize + 512, to: at + 1000, size: 600 },
      { from: headerSize + 1112, to: at + 9000, size: 1000 },
    ])
    expect(metadataAt).toBe(at + 10_240)
  })

  it('is not trusted when any byte of header, metadata or notes is another', () => {
    const { header, metadata } = planImage(treeOf([dir('a'), file('a/b', 3)]), { name: 'x', tarSize: 1024 })
    const facts = decodeHeader(header)
    for (let at = 0; at < header.length; at += 61) expect(decodeHeader(flipped(header, at))).toBeUndefined()
    if (facts === undefined) throw new Error('not readable')
    for (let at = 0; at < metadata.length; at += 17) expect(openImage(flipped(metadata, at), facts)).toBeUndefined()
    expect(openImage(metadata.subarray(1), facts)).toBeUndefined()
  })
})

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}
