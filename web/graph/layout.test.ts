import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Box, layoutTree } from './layout.ts'
import type { RunNode } from './run-tree.ts'

const step = (key: string): RunNode => ({ kind: 'step', key, name: key, type: 'Run' })
const steps = (n: number): readonly RunNode[] => Array.from({ length: n }, (_, i) => step(`s${i}`))
const none = new Set<string>()

const overlap = (a: Box, b: Box): boolean => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h
const within = (a: Box, b: Box): boolean => a.x >= b.x && a.y >= b.y && a.x + a.w <= b.x + b.w && a.y + a.h <= b.y + b.h

describe('the graph', () => {
  it('puts one after another to the right, joined by a line', () => {
    const { boxes, edges } = layoutTree(steps(3), none)
    expect(boxes.map(({ x, y }) => [x, y])).toEqual([
      [0, 0],
      [228, 0],
      [456, 0],
    ])
    expect(edges).toEqual(['M196 22H228', 'M424 22H456'])
  })

  it('puts side by side one below the other', () => {
    const { boxes } = layoutTree([{ kind: 'parallel', key: 'p', children: steps(3) }], none)
    expect(boxes.map(({ y }) => y)).toEqual([0, 54, 108])
  })

  it('makes a grid of two hundred, and rows of five hundred', () => {
    const grid = layoutTree([{ kind: 'parallel', key: 'p', children: steps(200) }], none)
    expect(grid.w / grid.h).toBeGreaterThan(0.8)
    expect(grid.w / grid.h).toBeLessThan(3)
    const rows = layoutTree(steps(500), none)
    expect(rows.w / rows.h).toBeGreaterThan(1)
    expect(rows.w / rows.h).toBeLessThan(4)
    expect(rows.boxes).toHaveLength(500)
  })

  it('draws a folded group as one', () => {
    const group: RunNode = { kind: 'group', key: 'g', name: 'g', children: steps(5) }
    expect(layoutTree([group], new Set(['g'])).boxes).toEqual([expect.objectContaining({ key: 'g', folded: true, w: 196, h: 44 })])
    expect(layoutTree([group], none).boxes).toHaveLength(6)
  })

  it('never puts two on one place, and keeps what is inside inside', () => {
    let count = 0
    const { tree } = fc.letrec<{ tree: RunNode }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.constant(null).map(() => step(`s${count++}`)),
        fc.array(tie('tree'), { maxLength: 14 }).map((children): RunNode => ({ kind: 'parallel', key: `p${count++}`, children })),
        fc.array(tie('tree'), { maxLength: 10 }).map((children): RunNode => ({ kind: 'group', key: `g${count++}`, name: 'g', children })),
      ),
    }))
    fc.assert(
      fc.property(fc.array(tree, { maxLength: 10 }), (nodes) => {
        const { boxes, w, h } = layoutTree(nodes, none)
        for (const a of boxes) {
          expect(a.x >= 0 && a.y >= 0 && a.x + a.w <= w && a.y + a.h <= h).toBe(true)
          for (const b of boxes) if (a !== b && overlap(a, b)) expect(within(a, b) || within(b, a)).toBe(true)
        }
      }),
      { numRuns: 60 },
    )
  })
})
