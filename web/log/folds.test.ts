import { describe, expect, it } from 'vitest'
import { foldLines, sectionsOf } from './folds.ts'

const lines = (...texts: readonly string[]) => texts.map((text, i) => ({ n: i + 1, text }))

describe('sections of a log', () => {
  it('are what is between marks', () => {
    expect(sectionsOf(lines('::group::Install', 'a', '::endgroup::', 'b', '##[group]Test', 'c'), 6)).toEqual([
      { title: 'Install', first: 0, end: 3 },
      { title: 'Test', first: 4, end: 6 },
    ])
  })

  it('are the steps of a build', () => {
    expect(
      sectionsOf(
        [
          { n: 1, text: '#1 [internal] load' },
          { n: 5, text: '#2 [build 1/2] RUN make' },
        ],
        9,
      ),
    ).toEqual([
      { title: '[internal] load', first: 0, end: 4 },
      { title: '[build 1/2] RUN make', first: 4, end: 9 },
    ])
  })

  it('hide their lines but for the heading', () => {
    const sections = [
      { title: 'a', first: 1, end: 4 },
      { title: 'b', first: 6, end: 8 },
    ]
    const folded = foldLines(10, sections, new Set([1, 6]))
    expect(folded.seen).toBe(7)
    expect(Array.from({ length: folded.seen }, (_, row) => folded.lineAt(row))).toEqual([0, 1, 4, 5, 6, 8, 9])
    expect([0, 1, 2, 3, 4, 6, 7, 8, 9].map((line) => folded.rowOf(line))).toEqual([0, 1, 1, 1, 2, 4, 4, 5, 6])
  })
})
