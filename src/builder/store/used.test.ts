import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { describe, expect, it } from 'vitest'
import { collectorLock, markUsed } from './used.ts'

const lockModule = import.meta.resolve('../../media/lock.ts')

describe('marking what is used', () => {
  it('makes the mark new', () => {
    const work = mkdtempSync(join(tmpdir(), 'slipway-used-'))
    markUsed(work, 'snapshots/abc')
    expect(Date.now() - statSync(join(work, 'used/snapshots-abc')).mtimeMs).toBeLessThan(60_000)
  })

  it('waits for a collector that looks at this very thing, and for no other', async () => {
    const work = mkdtempSync(join(tmpdir(), 'slipway-used-'))
    markUsed(work, 'snapshots/abc')
    const lock = collectorLock(work, 'snapshots/abc')
    const released = join(work, 'released')
    const collector = `
      import { takeLock } from ${JSON.stringify(lockModule)}
      import { writeFileSync } from 'node:fs'
      const release = takeLock(${JSON.stringify(lock)})
      process.stdout.write('locked')
      setTimeout(() => { writeFileSync(${JSON.stringify(released)}, ''); release() }, 400)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', collector], { stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = new Promise((done) => child.on('close', done))
    await new Promise((locked) => child.stdout.once('data', locked))
    markUsed(work, 'snapshots/other')
    expect(existsSync(released)).toBe(false)
    markUsed(work, 'snapshots/abc')
    expect(existsSync(released)).toBe(true)
    expect(await ended).toBe(0)
  })

  it('waits for nobody who is dead', () => {
    const work = mkdtempSync(join(tmpdir(), 'slipway-used-'))
    markUsed(work, 'snapshots/abc')
    const lock = collectorLock(work, 'snapshots/abc')
    expect(dirname(lock)).toBe(join(work, 'used'))
    writeFileSync(lock, '1 12345678901234')
    const before = performance.now()
    markUsed(work, 'snapshots/abc')
    expect(performance.now() - before).toBeLessThan(5000)
  })
})
