import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { tempProject } from './temp-project.ts'

describe('temp project', () => {
  let last = ''

  it('writes the files it is given, with their folders', () => {
    const project = tempProject({ 'a.txt': 'A', 'deep/er/b.bin': new Uint8Array([1, 2]) })
    last = project.dir
    expect(project.files()).toEqual(['a.txt', 'deep/er/b.bin'])
    expect(project.read('a.txt')).toBe('A')
    expect(project.exists('deep/er')).toBe(true)
  })

  it('is gone when its test has ended', () => {
    expect(last).not.toBe('')
    expect(existsSync(last)).toBe(false)
  })
})
