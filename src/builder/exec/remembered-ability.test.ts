import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { needs } from '../../../test/support/skip.ts'
import { remembered } from './remembered-ability.ts'
import type { Ability } from './sandbox.ts'

const able: Ability = { kind: 'able', rung: 2, layers: 'folder', because: ['no images'] }

function place() {
  const folder = mkdtempSync(join(tmpdir(), 'ability-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  let tried = 0
  const file = join(folder, 'ability.json')
  const ask = (asked: Record<string, unknown>, answer: Ability = able) =>
    remembered(file, asked, async () => {
      tried++
      return answer
    })
  return { file, ask, tried: () => tried }
}

describe('an ability', needs(existsSync('/proc/self/ns/mnt'), 'there is no /proc of Linux here'), () => {
  it('is tried once, and again when something else is asked for', async () => {
    const { ask, tried } = place()
    expect([await ask({ layers: 1 }), await ask({ layers: 1 })]).toEqual([able, able])
    expect(tried()).toBe(1)
    await ask({ layers: 2 })
    expect(tried()).toBe(2)
  })

  it('is not remembered when it is none, nor when the note is damaged', async () => {
    const { ask, tried, file } = place()
    await ask({}, { kind: 'unable', reasons: ['no'] })
    expect(existsSync(file)).toBe(false)
    await ask({})
    writeFileSync(file, '{"key":')
    await ask({})
    expect(tried()).toBe(3)
  })
})
