import { describe, expect, it } from 'vitest'
import { inTurn, median } from './measure.ts'
import { table } from './table.ts'

describe('measuring', () => {
  it('takes the middle, or the mean of the middle two', () => {
    expect(median([9, 1, 5])).toBe(5)
    expect(median([4, 1, 2, 3])).toBe(2.5)
    expect(median([])).toBeNaN()
  })

  it('takes candidates in turn, after one round to warm up', async () => {
    const order: string[] = []
    const rows = await inTurn({ a: () => void order.push('a'), b: () => void order.push('b') }, 2)
    expect(order.join('')).toBe('ababab')
    expect(rows.map((row) => [row.what, row.runs])).toEqual([
      ['a', 2],
      ['b', 2],
    ])
  })

  it('prints a table with the machine', () => {
    const row = { what: 'start', unit: 'ms', median: 12.34, least: 10, most: 20, runs: 3 }
    const on = { cores: 2, processor: 'X', memoryGB: 8, system: 'linux', node: 'v24' }
    expect(table({ rows: [row], figures: { ratio: 1.5 } }, on)).toBe(
      '        median  least  most  runs\nstart  12.3 ms   10.0  20.0     3\nratio: 1.50\non 2 cores (X), 8 GB, linux, Node v24',
    )
  })
})
