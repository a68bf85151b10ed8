import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { golden, goldenCases, goldenJson } from './golden.ts'
import { tempProject } from './temp-project.ts'

describe('golden files', () => {
  it('passes on the same text and names the way out on another', () => {
    const project = tempProject({ 'is.txt': 'same' })
    golden(project.path('is.txt'), 'same', { env: {} })
    expect(() => golden(project.path('is.txt'), 'other', { env: {} })).toThrow('UPDATE_GOLDEN=1')
    expect(() => golden(project.path('none.txt'), 'x', { env: {} })).toThrow('does not exist')
  })

  it('rewrites when asked to, but never in CI', () => {
    const project = tempProject()
    goldenJson(project.path('new/value.json'), { a: 1 }, { env: { UPDATE_GOLDEN: '1' } })
    expect(project.read('new/value.json')).toBe('{\n  "a": 1\n}\n')
    expect(() => golden(project.path('new/value.json'), 'x', { env: { UPDATE_GOLDEN: '1', CI: 'true' } })).toThrow('differs')
  })

  it('lists one case per folder and refuses an empty list', () => {
    const project = tempProject({ 'cases/b/in.txt': 'B', 'cases/a/in.txt': 'A', 'none/file.txt': '' })
    expect(goldenCases(pathToFileURL(project.path('cases'))).map((c) => [c.name, c.read('in.txt')])).toEqual([
      ['a', 'A'],
      ['b', 'B'],
    ])
    expect(() => goldenCases(pathToFileURL(project.path('none')))).toThrow('no case folders')
  })
})
