import { assert, asyncProperty, constantFrom, array as listOf, record, integer as whole } from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { randomImage } from '../../oci/random-image.ts'
import { validate } from '../../oci/validate.ts'
import type { TarEntry } from '../../tar/entry.ts'
import { type Files, type Fixture, fixture, layersOf } from '../build-fixture.ts'
import { mergedTree } from './merged-tree.ts'

const signal = new AbortController().signal
const made: Fixture[] = []
afterEach(async () => {
  for (const one of made.splice(0)) await one.remove()
})

async function withFiles(files: Files): Promise<Fixture> {
  const one = await fixture(files)
  made.push(one)
  return one
}

const dockerfile = 'FROM base\nCOPY a /dir/a\nENV X=1\nCOPY b /dir/b\nCOPY b /dir/a\nLABEL y=z\n'

describe('the layers that a build adds', () => {
  it('are one on top of the base when that is wanted, with the same files and as many lines of history', async () => {
    const f = await withFiles({ a: 'one', b: 'two' })
    const base = await randomImage({ seed: 3 })
    const baseImage = async () => base
    const many = await f.build(dockerfile, { baseImage })
    const one = await f.build(dockerfile, { baseImage, layers: { one: true } })
    const below = (await base.layers()).length
    expect([(await many.image.layers()).length, (await one.image.layers()).length]).toEqual([below + 3, below + 1])
    expect(await validate(one.image, { signal })).toEqual([])
    expect((await layersOf(one.image)).slice(below).map((layer) => layer.toSorted())).toEqual([['dir/ 755 0:0', 'dir/a 644 0:0 two', 'dir/b 644 0:0 two']])
    const [config, before] = [await one.image.config(), await many.image.config()]
    expect(config.history?.map((line) => line.created_by)).toEqual(before.history?.map((line) => line.created_by))
    expect(config.history?.filter((line) => line.empty_layer !== true).length).toBe(below + 1)
    expect(config.config).toEqual(before.config)
    const again = await f.build(dockerfile, { baseImage, layers: { one: true } })
    expect(await again.image.digest()).toBe(await one.image.digest())
  })

  it('lack the paths that are left out, and stay as many', async () => {
    const f = await withFiles({ a: 'one', b: 'two', 'deep/secret/x': 'x', 'deep/kept': 'k' })
    const text = 'FROM scratch\nCOPY a /a\nCOPY deep /srv\nCOPY b /srvb\n'
    const { image } = await f.build(text, { layers: { leaveOut: ['/srv/secret', 'a'] } })
    expect(await layersOf(image)).toEqual([[], ['srv/ 755 0:0', 'srv/kept 644 0:0 k'], ['srvb 644 0:0 two']])
    expect(await validate(image, { signal })).toEqual([])
  })

  it('are packed by zstd when that is wanted, and hold the same', async () => {
    const f = await withFiles({ a: 'one', b: 'two' })
    const text = 'FROM scratch\nCOPY a b /\n'
    const [gzip, zstd] = [await f.build(text), await f.build(text, { layers: { zstd: { level: 19 } } })]
    expect((await zstd.image.manifest()).layers.map((layer) => layer.mediaType)).toEqual(['application/vnd.oci.image.layer.v1.tar+zstd'])
    expect((await zstd.image.config()).rootfs).toEqual((await gzip.image.config()).rootfs)
    expect(await layersOf(zstd.image)).toEqual(await layersOf(gzip.image))
    expect(await validate(zstd.image, { signal })).toEqual([])
  })
})

const common = { mode: 0o644, uid: 0, gid: 0, mtimeNs: 0n }
const entry = (kind: string, path: string, n: number): TarEntry => {
  if (kind === 'dir') return { ...common, kind: 'dir', path, mode: n }
  if (kind === 'link') return { ...common, kind: 'symlink', path, target: String(n) }
  return { ...common, kind: 'file', path, size: n }
}

/** A file system as a map, and a layer laid upon it: first what it removes, then what it has. */
function lay(below: ReadonlyMap<string, TarEntry>, layer: readonly TarEntry[]): ReadonlyMap<string, TarEntry> {
  const all = new Map(below)
  const clear = (path: string): void => {
    for (const key of [...all.keys()]) if (key.startsWith(`${path}/`)) all.delete(key)
  }
  const last = (path: string): string => path.split('/').at(-1) ?? ''
  for (const { path } of layer.filter((one) => last(one.path).startsWith('.wh.'))) {
    const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')))
    if (last(path) === '.wh..wh..opq') clear(folder)
    else {
      const gone = `${folder === '' ? '' : `${folder}/`}${last(path).slice(4)}`
      all.delete(gone)
      clear(gone)
    }
  }
  for (const one of layer.filter(({ path }) => !last(path).startsWith('.wh.'))) {
    if (one.kind !== 'dir' || all.get(one.path)?.kind !== 'dir') clear(one.path)
    // What unpacks a layer makes folders that it does not list.
    const parts = one.path.split('/')
    for (let i = 1; i < parts.length; i++) {
      const above = parts.slice(0, i).join('/')
      if (all.get(above)?.kind !== 'dir') all.set(above, entry('dir', above, 0))
    }
    all.set(one.path, one)
  }
  return all
}

const paths = constantFrom('a', 'b', 'a/x', 'a/y', 'a/x/deep', 'b/z')
const entries = listOf(record({ kind: constantFrom('file', 'dir', 'link', 'gone', 'opaque'), path: paths, n: whole({ min: 1, max: 9 }) }), { maxLength: 6 })

/** A layer has a path once, and nothing below what is no folder. */
function layerOf(wanted: readonly { readonly kind: string; readonly path: string; readonly n: number }[]): readonly TarEntry[] {
  const byPath = new Map(wanted.map((one) => [one.path, one]))
  const folders = new Set([...byPath.keys()].flatMap((path) => path.split('/').map((_, i, parts) => parts.slice(0, i).join('/'))).filter((path) => path !== ''))
  for (const path of folders) byPath.set(path, { kind: 'dir', path, n: byPath.get(path)?.n ?? 7 })
  const parentsFirst = [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
  return parentsFirst.flatMap(({ kind, path, n }) => {
    const slash = path.lastIndexOf('/') + 1
    if (kind === 'gone') return [entry('file', `${path.slice(0, slash)}.wh.${path.slice(slash)}`, 0)]
    return kind === 'opaque' ? [entry('dir', path, n), entry('file', `${path}/.wh..wh..opq`, 0)] : [entry(kind, path, n)]
  })
}

describe('layers laid upon each other', () => {
  it('come to one layer that makes of every base what all of them make of it', async () => {
    await assert(
      asyncProperty(entries, listOf(entries, { minLength: 1, maxLength: 4 }), async (below, above) => {
        const base = lay(
          new Map(),
          layerOf(below).filter(({ path }) => !path.includes('.wh.')),
        )
        const layers = above.map(layerOf)
        const tree = mergedTree({ leaveOut: [] })
        for (const [i, layer] of layers.entries()) tree.addLayer(layer, i)
        const merged = [...tree.plain(), ...tree.files().values(), ...tree.links()]
        const sorted = (all: ReadonlyMap<string, TarEntry>) => [...all.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
        expect(sorted(lay(base, merged))).toEqual(sorted(layers.reduce(lay, base)))
      }),
    )
  })

  it('keep further names of a file together, whichever of them goes', () => {
    const tree = mergedTree({ leaveOut: [] })
    const link = (path: string, target: string): TarEntry => ({ ...common, kind: 'hardlink', path, target })
    tree.addLayer([entry('file', 'a', 5), link('b', 'a'), link('c', 'a'), link('d', 'of-the-base')], 0)
    tree.addLayer([entry('file', '.wh.a', 0)], 1)
    expect(tree.plain().map(({ path, kind }) => `${kind} ${path}`)).toEqual(['file .wh.a', 'hardlink d'])
    expect([...tree.files()].map(([place, { path, kind }]) => `${place} ${kind} ${path}`)).toEqual(['0/0 file b'])
    expect(tree.links()).toMatchObject([{ kind: 'hardlink', path: 'c', target: 'b' }])
  })
})
