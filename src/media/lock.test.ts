import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { isLocked, takeLock } from './lock.ts'
import { thisProcess } from './owner-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'slipway-lock-'))
const file = join(folder, 'a.lock')
afterEach(() => rmSync(file, { force: true }))

describe('a lock between processes', () => {
  it('is had by one, until it is given back', () => {
    const release = takeLock(file)
    expect([isLocked(file), takeLock(file), readFileSync(file, 'utf8')]).toEqual([true, undefined, thisProcess()])
    release?.()
    expect(isLocked(file)).toBe(false)
    expect(takeLock(file)).toBeTypeOf('function')
  })

  it('is taken over from one who is dead', () => {
    writeFileSync(file, '1 12345678901234')
    expect(isLocked(file)).toBe(false)
    expect(takeLock(file)).toBeTypeOf('function')
    expect(readFileSync(file, 'utf8')).toBe(thisProcess())
  })

  it('is taken over where a power cut left an empty file', () => {
    writeFileSync(file, '')
    expect(isLocked(file)).toBe(false)
    expect(takeLock(file)).toBeTypeOf('function')
    expect(readdirSync(folder)).toEqual(['a.lock'])
  })
})
