/** The parts of a changed root that need no right: layers into a folder, what changed since, what stands in for mounts. */
import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { tempProject } from '../../../../test/support/temp-project.ts'
import { fakeSandbox } from '../fake-sandbox-fixture.ts'
import type { FinishingWork } from '../sandbox.ts'
import { lookBefore, writeChanges } from './changed-since.ts'
import { keptRoots } from './kept-roots.ts'
import { stackInto } from './stack-into.ts'
import { placeStandIns } from './stand-ins.ts'

const signal = new AbortController().signal
const o = { signal, scratch: '/none' }

describe('a changed root', () => {
  it('has the layers in their order: what is above wins, links and times stay', async () => {
    const project = tempProject({ 'low/etc/a': 'low', 'low/etc/b': 'low', 'low/gone/x': 'x', 'up/etc/a': 'up', 'up/gone': 'a file now' })
    linkSync(project.path('low/etc/b'), project.path('low/etc/c'))
    symlinkSync('a', project.path('up/etc/link'))
    utimesSync(project.path('low/etc/b'), 1000, 1000)
    chmodSync(project.path('low/etc/b'), 0o4711)
    await stackInto(project.path('root'), [project.path('up'), project.path('low')], fakeSandbox(), o)
    expect(['etc/a', 'etc/link', 'gone', 'etc/c'].map((path) => readFileSync(project.path('root', path), 'utf8'))).toEqual(['up', 'up', 'a file now', 'low'])
    const b = statSync(project.path('root/etc/b'))
    expect([b.ino === statSync(project.path('root/etc/c')).ino, b.mtimeMs, b.mode & 0o7777]).toEqual([true, 1_000_000, 0o4711])
  })

  it('tells what is new, changed and gone, and nothing else', async () => {
    const project = tempProject({ 'root/a/same': 's', 'root/a/changed': 'c', 'root/a/gone': 'g', 'root/whole/x': 'x', 'root/mounted/y': 'y' })
    const skip = (path: string) => path === 'mounted'
    const before = lookBefore(project.path('root'), skip)
    await pause(20)
    writeFileSync(project.path('root/a/changed'), 'other')
    rmSync(project.path('root/a/gone'))
    rmSync(project.path('root/whole'), { recursive: true })
    writeFileSync(project.path('root/whole'), 'a file now')
    mkdirSync(project.path('root/new'))
    writeFileSync(project.path('root/new/n'), 'n')
    writeFileSync(project.path('root/mounted/z'), 'z')
    const finished: FinishingWork[] = []
    const sandbox = { ...fakeSandbox(), finish: async (_folder: string, work: readonly FinishingWork[]) => void finished.push(...work) }
    await writeChanges(project.path('root'), before, project.path('upper'), sandbox, { ...o, skip, touched: [] })
    expect(['a/changed', 'new/n', 'whole'].map((path) => readFileSync(project.path('upper', path), 'utf8'))).toEqual(['other', 'n', 'a file now'])
    expect(['a/same', 'mounted'].filter((path) => existsSync(project.path('upper', path)))).toEqual([])
    expect(finished.filter((work) => work.kind === 'device').map((work) => work.path)).toEqual(['a/gone'])
  })

  it('puts files and folders in place and takes them away again, with what was there before', async () => {
    const project = tempProject({ 'root/etc/hosts': 'own', 'cache/kept': 'k', 'run/none': '' })
    const root = project.path('root')
    const unpack = (to: string) => stackInto(to, [project.path('cache')], fakeSandbox(), o)
    const mounts = [
      { kind: 'file', target: '/etc/hosts', content: Buffer.from('theirs'), mode: 0o644, uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
      { kind: 'folder', target: '/var/cache/it', source: project.path('cache'), readOnly: false },
      { kind: 'tmpfs', target: '/scratch', size: undefined },
    ] as const
    const placed = await placeStandIns(mounts, { ...o, root, folder: project.path('run'), unpack })
    expect(readFileSync(join(root, 'etc/hosts'), 'utf8')).toBe('theirs')
    writeFileSync(join(root, 'var/cache/it/more'), 'm')
    expect(placed.targets).toEqual(['etc/hosts', 'var/cache/it', 'scratch'])
    placed.takeAway()
    expect(readFileSync(join(root, 'etc/hosts'), 'utf8')).toBe('own')
    expect(readFileSync(project.path('cache/more'), 'utf8')).toBe('m')
    expect(['var', 'scratch'].filter((path) => existsSync(join(root, path)))).toEqual([])
  })

  it('takes away what is in place when something cannot be', async () => {
    const project = tempProject({ 'root/etc/hosts': 'own', 'run/none': '' })
    const mounts = [
      { kind: 'tmpfs', target: '/scratch', size: undefined },
      { kind: 'socket', target: '/agent', source: project.path('nowhere') },
    ] as const
    const placing = placeStandIns(mounts, { ...o, root: project.path('root'), folder: project.path('run'), unpack: async () => undefined })
    await expect(placing).rejects.toMatchObject({ code: 'ENOENT' })
    expect(existsSync(project.path('root/scratch'))).toBe(false)
  })

  it('follows no link that the command put in the way, and knows its own things wherever they are', async () => {
    const project = tempProject({ 'root/etc/hosts': 'own', 'root/etc/other': 'o', 'cache/kept': 'k', 'run/none': '', 'outside/hosts': 'of the machine' })
    const root = project.path('root')
    const mounts = [
      { kind: 'file', target: '/etc/hosts', content: Buffer.from('theirs'), mode: 0o644, uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
      { kind: 'folder', target: '/var/it', source: project.path('cache'), readOnly: false },
    ] as const
    const placed = await placeStandIns(mounts, { ...o, root, folder: project.path('run'), unpack: async () => undefined })
    renameSync(join(root, 'etc'), join(root, 'away'))
    symlinkSync(project.path('outside'), join(root, 'etc'))
    renameSync(join(root, 'var/it'), join(root, 'elsewhere'))
    symlinkSync(project.path('outside'), join(root, 'var/it'))
    const known = (path: string) => placed.inodes.has(statSync(join(root, path), { bigint: true }).ino)
    expect(['away/hosts', 'elsewhere', 'away/other'].map(known)).toEqual([true, true, false])
    placed.takeAway()
    expect(readFileSync(project.path('outside/hosts'), 'utf8')).toBe('of the machine')
    expect(existsSync(project.path('outside/kept'))).toBe(false)
  })

  it('begins again in a root that is kept, with what lies above it', async () => {
    const project = tempProject({ 'low/etc/a': 'low', 'low/gone': 'g', 'low/dir/x': 'x', 'up/etc/a': 'up', 'up/dir': 'a file now', 'up/new/n': 'n' })
    for (const [folder, time] of [
      ['low/etc', 5000],
      ['up/etc', 6000],
    ] as const)
      utimesSync(project.path(folder), time, time)
    const root = project.path('root')
    await stackInto(root, [project.path('low')], fakeSandbox(), o)
    await stackInto(root, [project.path('up')], fakeSandbox(), o)
    expect(['etc/a', 'gone', 'dir', 'new/n'].map((path) => readFileSync(join(root, path), 'utf8'))).toEqual(['up', 'g', 'a file now', 'n'])
    expect(statSync(join(root, 'etc')).mtimeMs).toBe(6_000_000)
  })
})

describe('roots that are kept', () => {
  const lower = (name: string) => ({ kind: 'folder', folder: `/layers/${name}` }) as const
  function kept() {
    const project = tempProject()
    const made: string[] = []
    const roots = keptRoots(async () => {
      const folder = project.path(`place-${made.length}`)
      mkdirSync(folder)
      made.push(folder)
      return { folder, end: async () => rmSync(folder, { recursive: true, force: true }) }
    })
    const keep = async (name: string, layers: readonly string[]) => {
      mkdirSync(project.path(name))
      await roots.keep(project.path(name), layers.map(lower))
    }
    return { roots, keep, left: () => made.filter((folder) => existsSync(folder)).length }
  }

  it('are for those who stand on all of their layers, once, the best one first', async () => {
    const { roots, keep } = kept()
    await keep('one', ['b', 'a'])
    await keep('two', ['c', 'b', 'a'])
    expect(roots.take(['x', 'a'].map(lower))).toBeUndefined()
    expect(roots.take(['a'].map(lower))).toBeUndefined()
    expect(roots.take(['d', 'c', 'b', 'a'].map(lower))?.above).toEqual([lower('d')])
    expect(roots.take(['d', 'c', 'b', 'a'].map(lower))?.above).toEqual([lower('d'), lower('c')])
    expect(roots.take(['d', 'c', 'b', 'a'].map(lower))).toBeUndefined()
  })

  it('are no more than two, and none when the build is over', async () => {
    const { roots, keep, left } = kept()
    for (const name of ['1', '2', '3', '4']) await keep(name, [name, 'a'])
    expect([left(), roots.take(['2', 'a'].map(lower))]).toEqual([2, undefined])
    expect(roots.take(['4', 'a'].map(lower))?.above).toEqual([])
    await roots.end()
    expect(left()).toBe(0)
  })
})
