/** The parts of a changed root that need no right: layers into a folder, what changed since, what stands in for mounts. */
import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { tempProject } from '../../../../test/support/temp-project.ts'
import { fakeSandbox } from '../fake-sandbox-fixture.ts'
import type { FinishingWork } from '../sandbox.ts'
import { lookBefore, writeChanges } from './changed-since.ts'
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
    await writeChanges(project.path('root'), before, project.path('upper'), sandbox, { ...o, skip })
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
})
