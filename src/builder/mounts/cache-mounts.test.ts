import {
  chmodSync,
  closeSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { tempProject } from '../../../test/support/temp-project.ts'
import { isProblem } from '../../base/problem.ts'
import { contentStore } from '../../media/content-store.ts'
import { takeLock } from '../../media/lock.ts'
import { pinnedGzip } from '../../oci/compress.ts'
import { digestOf } from '../../oci/digest.ts'
import { join as joined } from '../../oci/join.ts'
import type { PackedMount } from '../../ports/cache-mounts.ts'
import type { TarEntry } from '../../tar/entry.ts'
import { writeTar } from '../../tar/write-tar.ts'
import { fakeSandbox } from '../exec/fake-sandbox-fixture.ts'
import { cacheMounts } from './cache-mounts.ts'
import { mountName, writeFacts } from './mount-name.ts'
import { useMount } from './mount-use.ts'

const o = { signal: AbortSignal.timeout(30_000) }

/** A machine: its image store, its work folder, and what may be asked of its cache mounts. */
function machine() {
  const { dir } = tempProject()
  const content = contentStore(join(dir, 'images'), { durability: 'fast' })
  const workFolder = join(dir, 'build')
  const caches = join(workFolder, 'caches')
  const folderOf = (id: string) => join(caches, mountName({ id }, ''))
  async function make(id: string, files: Readonly<Record<string, string>> = {}): Promise<string> {
    const folder = folderOf(id)
    mkdirSync(folder, { recursive: true, mode: 0o755 })
    await writeFacts(folder, { id })
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(join(folder, name), text, { mode: 0o644 })
      utimesSync(join(folder, name), 1_600_000_000, 1_600_000_000)
    }
    utimesSync(folder, 1_600_000_001, 1_600_000_001)
    return folder
  }
  return { content, caches, folderOf, make, mounts: cacheMounts({ content, workFolder, sandbox: fakeSandbox() }) }
}

type Machine = ReturnType<typeof machine>

/** As a registry or an archive would. */
async function carry(packed: readonly PackedMount[], from: Machine, to: Machine): Promise<void> {
  for (const { descriptor } of packed) await to.content.put(await from.content.open(descriptor.digest, o), { ...o, expected: descriptor })
}

async function codeOf(act: Promise<unknown>): Promise<string> {
  const error = await act.then(
    () => undefined,
    (e: unknown) => e,
  )
  return isProblem(error) ? `${error.code}: ${error.message}` : String(error)
}

describe('cache mounts on their way to another machine', () => {
  it('keep contents, modes, links, times and holes, and are the same layer when they are packed there', async () => {
    const [one, two] = [machine(), machine()]
    const folder = await one.make('/root/.npm', { a: 'first', '.wh.a': 'no white-out', 'b.wh.': 'x' })
    linkSync(join(folder, 'a'), join(folder, 'z'))
    symlinkSync('/etc/passwd', join(folder, 'link'))
    chmodSync(join(folder, 'a'), 0o4711)
    mkdirSync(join(folder, 'sub'), { mode: 0o700 })
    const file = openSync(join(folder, 'sub', 'sparse'), 'w')
    writeSync(file, 'begin', 0)
    writeSync(file, 'end', 40_000_000)
    ftruncateSync(file, 50_000_000)
    closeSync(file)
    chmodSync(folder, 0o1777)
    const packed = await one.mounts.pack([], o)
    await carry(packed, one, two)
    expect((await two.mounts.lay(packed, { ...o, replace: false })).map(({ id, how }) => [id, how])).toEqual([['/root/.npm', 'laid down']])
    const there = two.folderOf('/root/.npm')
    expect(readdirSync(there)).toEqual(['.wh.a', 'a', 'b.wh.', 'link', 'sub', 'z'])
    expect([readFileSync(join(there, 'z'), 'utf8'), readFileSync(join(there, '.wh.a'), 'utf8')]).toEqual(['first', 'no white-out'])
    const facts = lstatSync(join(there, 'a'))
    expect([facts.mode & 0o7777, facts.nlink, facts.mtimeMs]).toEqual([0o4711, 2, 1_600_000_000_000])
    expect([statSync(there).mode & 0o7777, lstatSync(join(there, 'link')).isSymbolicLink()]).toEqual([0o1777, true])
    const sparse = statSync(join(there, 'sub', 'sparse'))
    expect([sparse.size, sparse.blocks * 512 < 200_000]).toEqual([50_000_000, true])
    const bytes = readFileSync(join(there, 'sub', 'sparse'))
    expect(bytes.equals(readFileSync(join(folder, 'sub', 'sparse')))).toBe(true)
    expect(await two.mounts.pack([], o)).toEqual(packed)
  })

  it('are told apart by id, by what they begin with, and by copy', async () => {
    const [one, two] = [machine(), machine()]
    await one.make('a', { x: '1' })
    for (const facts of [{ id: 'a', from: 'f' }, { id: 'a', copy: 1 }, { id: 'b' }]) {
      mkdirSync(join(one.caches, mountName(facts, '')))
      await writeFacts(join(one.caches, mountName(facts, '')), facts)
    }
    expect((await one.mounts.list(o)).map(({ id, from, copy }) => [id, from, copy])).toEqual([
      ['a', undefined, undefined],
      ['a', undefined, 1],
      ['a', 'f', undefined],
      ['b', undefined, undefined],
    ])
    const packed = await one.mounts.pack(['a'], o)
    expect(packed).toHaveLength(3)
    await carry(packed, one, two)
    await two.mounts.lay(packed, { ...o, replace: false })
    expect(readdirSync(two.caches).filter((name) => !name.includes('.'))).toEqual(
      readdirSync(one.caches).filter((name) => !name.includes('.') && name !== mountName({ id: 'b' }, '')),
    )
  })

  it('says which there are when an id is unknown', async () => {
    const one = machine()
    await one.make('npm')
    expect(await codeOf(one.mounts.pack(['nmp'], o))).toMatch(/^CACHE_MOUNT_UNKNOWN: .*nmp/)
  })

  it('leaves alone what a machine has, or replaces it when asked', async () => {
    const [one, two] = [machine(), machine()]
    await one.make('npm', { theirs: '1' })
    const own = await two.make('npm', { mine: '2' })
    const packed = await one.mounts.pack([], o)
    await carry(packed, one, two)
    expect((await two.mounts.lay(packed, { ...o, replace: false }))[0]?.how).toBe('kept')
    expect(readdirSync(own)).toEqual(['mine'])
    expect((await two.mounts.lay(packed, { ...o, replace: true }))[0]?.how).toBe('replaced')
    expect(readdirSync(own)).toEqual(['theirs'])
  })
})

describe('cache mounts of builds at work', () => {
  it('are not replaced under their hands', async () => {
    const [one, two] = [machine(), machine()]
    await one.make('npm', { theirs: '1' })
    const own = await two.make('npm', { mine: '2' })
    const packed = await one.mounts.pack([], o)
    await carry(packed, one, two)
    const over = useMount(own)
    expect((await two.mounts.list(o))[0]?.inUse).toBe(true)
    expect(await codeOf(two.mounts.lay(packed, { ...o, replace: true }))).toMatch(/^CACHE_MOUNT_IN_USE: .*works with it/)
    expect(readdirSync(own)).toEqual(['mine'])
    over()
    expect((await two.mounts.lay(packed, { ...o, replace: true }))[0]?.how).toBe('replaced')
  })

  it('are waited for when a build has one for itself', async () => {
    const one = machine()
    const folder = await one.make('npm', { a: '1' })
    const release = takeLock(`${folder}.lock`)
    const packing = one.mounts.pack([], o)
    const first = await Promise.race([packing.then(() => 'packed'), new Promise((go) => setTimeout(() => go('waiting'), 150))])
    writeFileSync(join(folder, 'b'), '2')
    release?.()
    expect([first, (await packing).length]).toEqual(['waiting', 1])
  })

  it('are refused when their files never stay the same', async () => {
    const one = machine()
    const folder = await one.make('npm', { a: '1' })
    const over = useMount(folder)
    let n = 0
    const writing = setInterval(() => writeFileSync(join(folder, `more-${n++}`), 'x'), 1)
    const said = await codeOf(one.mounts.pack([], o)).finally(() => clearInterval(writing))
    over()
    expect(said).toMatch(/^CACHE_MOUNT_IN_USE: .*changed 3 times/)
    expect(await one.mounts.pack([], o)).toHaveLength(1)
  })

  it('forgets a user that died', async () => {
    const one = machine()
    const folder = await one.make('npm')
    writeFileSync(`${folder}.gone.use`, '999999999 1')
    expect((await one.mounts.list(o))[0]?.inUse).toBe(false)
    expect(readdirSync(one.caches)).not.toContain(`${folder}.gone.use`)
  })
})

describe('a hostile cache mount', () => {
  const common = { mode: 0o755, uid: 0, gid: 0, mtimeNs: 0n }
  const dir = (path: string): TarEntry => ({ kind: 'dir', path, ...common })
  const link = (path: string, target: string): TarEntry => ({ kind: 'symlink', path, target, ...common })
  const hard = (path: string, target: string): TarEntry => ({ kind: 'hardlink', path, target, ...common })
  const file = (path: string): TarEntry => ({ kind: 'file', path, size: 4, ...common })

  async function hostile(to: Machine, entries: readonly TarEntry[], o2: { readonly diffId?: string } = {}): Promise<PackedMount> {
    const items = entries.map((entry) => (entry.kind === 'file' ? { entry, body: Buffer.from('evil') } : { entry }))
    const plain = Buffer.concat(await writeTar(items, o).toArray())
    const packed = Buffer.concat(await joined(Readable.from([plain], { objectMode: false }), pinnedGzip.streams(), o).toArray())
    const { digest, size } = await to.content.put(packed, o)
    const diffId = (o2.diffId ?? digestOf(plain)) as PackedMount['diffId']
    return { id: 'x', diffId, descriptor: { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest, size } }
  }

  it.each([
    ['a path upwards', [dir('mount'), file('mount/../../evil')]],
    ['a path elsewhere', [dir('mount'), file('evil')]],
    ['a file in the place of the folder', [file('mount')]],
    ['nothing at all', []],
    ['a path through a link', [dir('mount'), link('mount/l', '/tmp'), file('mount/l/evil')]],
    ['a link of the folder itself', [link('mount', '/tmp'), file('mount/evil')]],
    ['a hard link to a file of the machine', [dir('mount'), hard('mount/h', '/etc/passwd')]],
    ['a hard link upwards', [dir('mount'), hard('mount/h', '../../etc/passwd')]],
    ['a file without a folder', [dir('mount'), file('mount/a/b')]],
  ])('with %s is refused, and nothing is there', async (_what, entries) => {
    const to = machine()
    const good = await to.make('good').then(() => to.mounts.pack([], o))
    const bad = await hostile(to, entries)
    expect(await codeOf(to.mounts.lay([{ ...good[0], id: 'other' } as PackedMount, bad], { ...o, replace: false }))).toMatch(/^CACHE_MOUNT_REFUSED: .*\bx\b/)
    expect(readdirSync(to.caches).filter((name) => !name.includes('.'))).toEqual([mountName({ id: 'good' }, '')])
  })

  it('that is not what its digest says is refused', async () => {
    const to = machine()
    const bad = await hostile(to, [dir('mount'), file('mount/a')], { diffId: `sha256:${'0'.repeat(64)}` })
    expect(await codeOf(to.mounts.lay([bad], { ...o, replace: false }))).toMatch(/^CACHE_MOUNT_REFUSED/)
  })
})
