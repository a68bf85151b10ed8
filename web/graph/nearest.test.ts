import { describe, expect, it } from 'vitest'
import type { Box } from './layout.ts'
import { nearest } from './nearest.ts'

const box = (key: string, x: number, y: number) => ({ key, x, y, w: 10, h: 10 }) as Box
const boxes = [box('a', 0, 0), box('b', 100, 0), box('c', 100, 50), box('d', 200, 0)]

describe('arrow keys', () => {
  it.each([
    ['a', [1, 0], 'b'],
    ['b', [1, 0], 'd'],
    ['b', [0, 1], 'c'],
    ['c', [0, -1], 'b'],
    ['d', [-1, 0], 'b'],
    ['d', [1, 0], undefined],
    [undefined, [1, 0], 'a'],
  ] as const)('lead from %s by %j to %s', (from, by, to) => {
    expect(nearest(boxes, from, by)?.key).toBe(to)
  })
})
