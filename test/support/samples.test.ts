import { describe, expect, it } from 'vitest'
import { samples } from './samples.ts'
import { tempProject } from './temp-project.ts'

describe('samples', () => {
  it('skip with a reason when no folder is named, and promise nothing', () => {
    const none = samples({})
    expect(none.options).toEqual({ skip: true, meta: { because: 'SLIPWAY_SAMPLES is not set' } })
    expect(none.list('.md')).toEqual([])
  })

  it('are read from the folder that is named', () => {
    const project = tempProject({ 'b.md': 'B', 'a.md': 'A', 'c.txt': '' })
    const found = samples({ SLIPWAY_SAMPLES: project.dir })
    expect(found.options).toMatchObject({ meta: { promise: { where: 'everywhere' } } })
    expect(found.list('.md')).toEqual(['a.md', 'b.md'])
    expect(found.read('a.md')).toBe('A')
  })

  it('break their promise when the named folder does not exist', () => {
    expect(samples({ SLIPWAY_SAMPLES: '/nowhere/at/all' }).options).toMatchObject({ skip: true, meta: { promise: { where: 'everywhere' } } })
  })
})
