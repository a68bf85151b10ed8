import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, it, onTestFinished } from 'vitest'
import { contentStore } from '../../media/content-store.ts'
import { takeLock } from '../../media/lock.ts'
import { blobsOf } from '../../media/prune.ts'
import { saveImage } from '../../media/stored-image.ts'
import { type Fixture, fixture } from '../build-fixture.ts'
import { fakeSandbox } from '../exec/fake-sandbox-fixture.ts'
import { cacheItems, type Kept } from './cache-items.ts'
import { type Collection, collectGarbage, collectNowAndThen } from './collect-garbage.ts'
import { buildStore } from './directory.ts'
import { holdStore } from './hold.ts'
import { markUsed } from './used.ts'

const signal = new AbortController().signal
const text = 'FROM scratch\nCOPY a /a\nRUN --mount=type=cache,target=/c,id=one make\nRUN more\n'
const all = { unusedMs: -1, keepBytes: Number.POSITIVE_INFINITY }
const day = 24 * 3_600_000

async function builtOnce() {
  const f = await fixture({ a: 'A'.repeat(1000) })
  onTestFinished(() => f.remove())
  const sandbox = fakeSandbox({
    act({ upper, process }) {
      writeFileSync(join(upper, 'made'), (process.args.at(-1) ?? '').repeat(20_000))
      utimesSync(join(upper, 'made'), 1_600_000_000, 1_600_000_000)
      return 0
    },
  })
  const build = () => f.build(text, { sandbox })
  const first = await build()
  // The build is over, and what it used was used a moment ago.
  forget(f)
  const content = contentStore(f.storeDir)
  const kept: Kept = { content, workFolder: join(f.storeDir, 'build'), named: new Set() }
  const collect = (o: Partial<Collection> = {}, more: Partial<Kept> = {}) =>
    collectGarbage({ ...kept, ...more }, { signal, nowMs: Date.now() + 5, limits: all, ...o })
  return { f, sandbox, build, first, kept, content, collect, items: () => cacheItems(kept) }
}

function forget(f: Fixture): void {
  for (const name of readdirSync(join(f.storeDir, 'build/builds')))
    writeFileSync(join(f.storeDir, 'build/builds', name), '{"owner":"1 1","space":"here","sinceMs":0}')
  for (const name of readdirSync(join(f.storeDir, 'build/builds'))) utimesSync(join(f.storeDir, 'build/builds', name), 1, 1)
}

function kinds(items: readonly { readonly kind: string }[]): Record<string, number> {
  return Object.fromEntries([...Map.groupBy(items, ({ kind }) => kind)].map(([kind, own]) => [kind, own.length]))
}

describe('collection of garbage', () => {
  it('knows everything that a build keeps, with its size', async () => {
    const { items } = await builtOnce()
    const found = await items()
    expect(kinds(found)).toMatchObject({ layer: 3, 'files of a RUN': 3, 'cache mount': 1 })
    expect(found.filter(({ kind }) => kind === 'files of a RUN').filter(({ bytes }) => bytes >= 50_000)).toHaveLength(2)
    expect(found.find(({ kind }) => kind === 'layer')?.bytes).toBeGreaterThan(0)
  })

  it('does not take counting for using', async () => {
    const { kept, items } = await builtOnce()
    const folder = join(kept.workFolder, 'snapshots')
    for (const name of readdirSync(folder)) utimesSync(join(folder, name), 1000, 1000)
    for (const name of readdirSync(join(kept.workFolder, 'used'))) utimesSync(join(kept.workFolder, 'used', name), 1000, 1000)
    await items()
    expect((await items()).filter(({ kind }) => kind === 'files of a RUN').map(({ usedMs }) => usedMs)).toEqual([1_000_000, 1_000_000, 1_000_000])
  })

  it('takes everything when nobody builds, and the next build makes the same image', async () => {
    const { collect, items, build, first, sandbox } = await builtOnce()
    expect((await collect({ dryRun: true })).removed.length).toBe((await items()).length)
    expect((await items()).length).toBeGreaterThan(8)
    await collect()
    expect(await items()).toEqual([])
    expect(await (await build()).image.digest()).toBe(await first.image.digest())
    expect(sandbox.jobs).toHaveLength(4)
  })

  it('leaves the layers of images with a name', async () => {
    const { collect, content, first } = await builtOnce()
    const descriptor = await saveImage(content, first.image, { signal })
    await collect({}, { named: await blobsOf(content, [descriptor], { signal }) })
    for (const { digest } of (await first.image.manifest()).layers) expect(await content.has(digest)).toBe(true)
  })

  it('knows a layer that a build has put into the store before it failed', async () => {
    const { f, kept, collect, items } = await builtOnce()
    await collect()
    const { digest } = await buildStore(kept.content, kept.workFolder).putBlob(Readable.from([Buffer.from('no record is about it')]), { signal })
    expect((await items()).filter(({ kind }) => kind === 'layer').map(({ name }) => name)).toEqual([digest])
    await collect()
    expect([existsSync(kept.content.blobPath(digest)), await items(), readdirSync(join(f.storeDir, 'build/records'))]).toEqual([false, [], []])
  })

  it('leaves what a build at work has used since it began, of this process and of others', async () => {
    const { collect, items, kept, build, sandbox } = await builtOnce()
    await new Promise((go) => setTimeout(go, 30))
    await holdStore(kept.workFolder)
    await build()
    await collect()
    expect(kinds(await items())).toMatchObject({ layer: 3, 'files of a RUN': 2 })
    await build()
    expect(sandbox.jobs).toHaveLength(2)
  })

  it('does not wait for builds whose process is gone', async () => {
    const { collect, items, kept, f } = await builtOnce()
    await holdStore(kept.workFolder)
    forget(f)
    await collect()
    expect(await items()).toEqual([])
    expect(readdirSync(join(kept.workFolder, 'builds'))).toEqual([])
  })

  it('takes what was not used for long, and leaves the rest', async () => {
    const { collect, items, kept, f, build, sandbox } = await builtOnce()
    const old = (Date.now() - 16 * day) / 1000
    for (const name of readdirSync(join(kept.workFolder, 'used'))) utimesSync(join(kept.workFolder, 'used', name), old, old)
    for (const name of readdirSync(join(kept.workFolder, 'snapshots'))) utimesSync(join(kept.workFolder, 'snapshots', name), old, old)
    const { removed } = await collect({ limits: { unusedMs: 15 * day, keepBytes: Number.POSITIVE_INFINITY } })
    expect(kinds(removed)).toEqual({ 'files of a RUN': 3 })
    expect(kinds(await items())).toMatchObject({ layer: 3, 'cache mount': 1 })
    forget(f)
    await build()
    expect(sandbox.jobs).toHaveLength(2)
  })

  it('takes the longest unused first when there is too much', async () => {
    const { collect, items } = await builtOnce()
    const total = (await items()).reduce((sum, { bytes }) => sum + bytes, 0)
    const { leftBytes, removed } = await collect({ limits: { unusedMs: Number.POSITIVE_INFINITY, keepBytes: total - 40_000 } })
    expect(leftBytes).toBeLessThanOrEqual(total - 40_000)
    expect(removed.length).toBeGreaterThan(0)
    const newest = Math.max(...removed.map(({ usedMs }) => usedMs))
    for (const item of await items()) expect(item.usedMs).toBeGreaterThanOrEqual(newest)
  })

  it('leaves what somebody marks while it is looked at', async () => {
    const { items, kept } = await builtOnce()
    const before = Date.now() + 5
    await new Promise((go) => setTimeout(go, 30))
    const snapshot = (await items()).find(({ kind }) => kind === 'files of a RUN')
    markUsed(kept.workFolder, `snapshots/${snapshot?.name}`)
    expect(await snapshot?.remove(before)).toBe(false)
    expect(existsSync(join(kept.workFolder, 'snapshots', snapshot?.name ?? ''))).toBe(true)
  })

  it('leaves a cache mount that is locked', async () => {
    const { collect, items, kept } = await builtOnce()
    const [name = ''] = readdirSync(join(kept.workFolder, 'caches'))
    const release = takeLock(join(kept.workFolder, 'caches', `${name}.lock`))
    await collect()
    expect(kinds(await items())).toEqual({ 'cache mount': 1 })
    release?.()
    await collect()
    expect(await items()).toEqual([])
  })

  it('sweeps what was cut short', async () => {
    const { collect, kept } = await builtOnce()
    mkdirSync(join(kept.workFolder, 'scratch/left/deep'), { recursive: true })
    utimesSync(join(kept.workFolder, 'scratch/left'), 1, 1)
    mkdirSync(join(kept.workFolder, 'runs/nameless'), { recursive: true })
    mkdirSync(join(kept.workFolder, 'runs/half-named'), { recursive: true })
    writeFileSync(join(kept.workFolder, 'runs/half-named/owner'), '')
    for (const name of ['nameless', 'half-named']) utimesSync(join(kept.workFolder, 'runs', name), 1, 1)
    await collect({ limits: { unusedMs: Number.POSITIVE_INFINITY, keepBytes: Number.POSITIVE_INFINITY } })
    expect(readdirSync(join(kept.workFolder, 'scratch'))).toEqual([])
    expect(readdirSync(join(kept.workFolder, 'runs'))).toEqual([])
  })

  it('happens by itself once an hour', async () => {
    const { kept } = await builtOnce()
    const later = (nowMs: number) => collectNowAndThen(async () => kept, kept.workFolder, { signal, nowMs })
    expect(await later(Date.now())).toBeUndefined()
    expect(await later(Date.now() + 1000)).toBeUndefined()
    expect((await later(Date.now() + 16 * day))?.removed.length).toBeGreaterThan(8)
  })
})
