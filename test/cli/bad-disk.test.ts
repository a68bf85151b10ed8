/** Disks that are full and folders that take nothing: one clear message, and what was written is whole. */
import { spawnSync } from 'node:child_process'
import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { describe, expect, it, onTestFinished } from 'vitest'
import { findProgram } from '../support/real.ts'
import { needs } from '../support/skip.ts'
import { tempProject } from '../support/temp-project.ts'
import { type TestWorld, testWorld } from '../support/test-world.ts'

const root = process.getuid?.() === 0
const mount = findProgram('mount', process.env) ?? ''
const canMount = root && mount !== '' && mountWorks()

function mountWorks(): boolean {
  const { dir, remove } = tempProject()
  const works = spawnSync(mount, ['-t', 'tmpfs', 'slipway-test', dir]).status === 0
  if (works) spawnSync('umount', [dir])
  remove()
  return works
}

function smallDisk(dir: string, size: string): void {
  expect(spawnSync(mount, ['-t', 'tmpfs', '-o', `size=${size}`, 'slipway-test', dir]).status).toBe(0)
  onTestFinished(() => void spawnSync('umount', ['-l', dir]))
}

const step = (id: string, env: string): string =>
  `              - step: {identifier: ${id}, name: ${id}, type: Run, spec: {shell: Sh, command: 'true', envVariables: {${env}}}}\n`
const pipeline = (steps: string): string =>
  `pipeline:\n  identifier: p\n  name: p\n  stages:\n    - stage:\n        identifier: s\n        name: s\n        type: CI\n        spec:\n          platform: {os: Linux}\n          execution:\n            steps:\n${steps}`

const files = {
  'flood.yaml': pipeline(step('before', 'FAKE_OUTPUT: "before\\n"') + step('flood', 'FAKE_FLOOD: "8000000"') + step('after', 'FAKE_OUTPUT: "after\\n"')),
  'small.yaml': pipeline(step('one', 'FAKE_OUTPUT: "one\\n"')),
}

function world(): TestWorld {
  return testWorld({ cwd: tempProject(files).dir })
}

describe('a full disk', needs(canMount, 'a small disk is a tmpfs, and mounting one needs root'), () => {
  it('lets a run go on to its end, says once that it is not kept, and keeps what was written before', async () => {
    const here = world()
    smallDisk(here.home, '3m')
    writeFileSync(join(here.home, 'filler'), Buffer.alloc(500_000))
    const { code, out, err } = await here.run('run', 'flood.yaml', '--on', 'fake')
    expect(code).toBe(0)
    expect(out).toContain('after')
    expect(err.match(/HISTORY_FAILED/g)?.length).toBe(1)
    expect(err).toContain('check that the disk has room')
    expect((await here.run('runs', 'list')).out).toContain('p #1')
    rmSync(join(here.home, 'filler'))
    expect((await here.run('runs', 'list')).out).toMatch(/p #1 +interrupted/)
    expect((await here.run('runs', 'logs', 'last', 'before')).out).toBe('before\n')
    expect((await here.run('runs', 'delete', 'last')).code).toBe(0)
    expect((await here.run('run', 'small.yaml', '--on', 'fake')).err).toBe('')
    expect((await here.run('runs', 'list')).out).toMatch(/p #2 +passed/)
  })

  it('keeps a run from beginning when there is no room for it at all, and nothing of it is there later', async () => {
    const here = world()
    smallDisk(here.home, '1m')
    await here.run('run', 'small.yaml', '--on', 'fake')
    expect(() => writeFileSync(join(here.home, 'filler'), Buffer.alloc(2_000_000))).toThrow('ENOSPC')
    const refused = await here.run('run', 'small.yaml', '--on', 'fake')
    expect([refused.code, refused.err]).toEqual([1, expect.stringMatching(/HISTORY_(FAILED|UNUSABLE)/)])
    rmSync(join(here.home, 'filler'))
    expect((await here.run('run', 'small.yaml', '--on', 'fake')).code).toBe(0)
    expect((await here.run('runs', 'list', '--status', 'passed')).out.match(/p #\d/g)?.length).toBe(2)
  })
})

describe('a data folder that may only be read', needs(canMount || !root, 'root may write everywhere, and a read-only disk needs a mount'), () => {
  function readOnly(dir: string): void {
    if (canMount) expect(spawnSync(mount, ['-o', 'remount,ro', dir]).status).toBe(0)
    else {
      chmodSync(dir, 0o500)
      onTestFinished(() => chmodSync(dir, 0o700))
    }
  }

  it('refuses a build with the file and what to do, and is called no defect', async () => {
    const here = testWorld({ cwd: tempProject({ Dockerfile: 'FROM scratch\nCOPY Dockerfile /\n' }).dir })
    if (canMount) smallDisk(here.home, '4m')
    readOnly(here.home)
    const { code, err } = await here.run('build', '.', '--output', 'type=tar,dest=-')
    expect([code, err]).toEqual([1, expect.stringContaining('MACHINE_REFUSES')])
    expect(err).toContain(here.home)
    expect(err).not.toContain('defect')
  })

  it('is looked at as ever, and refuses new runs with what to do', async () => {
    const here = world()
    if (canMount) smallDisk(here.home, '4m')
    await here.run('run', 'small.yaml', '--on', 'fake')
    readOnly(here.home)
    expect((await here.run('runs', 'list')).out).toMatch(/p #1 +passed/)
    expect((await here.run('runs', 'logs', 'last', 'one')).out).toBe('one\n')
    const refused = await here.run('run', 'small.yaml', '--on', 'fake')
    expect([refused.code, refused.out, refused.err]).toEqual([
      1,
      '',
      expect.stringMatching(/HISTORY_FAILED.*check that the disk has room and the folder is writable/s),
    ])
    expect((await here.run('runs', 'delete', 'last')).err).toContain('HISTORY_FAILED')
  })

  it('is refused when there is no history yet', async () => {
    const here = world()
    if (canMount) smallDisk(here.home, '4m')
    readOnly(here.home)
    const refused = await here.run('run', 'small.yaml', '--on', 'fake')
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('HISTORY_UNUSABLE')])
  })
})
