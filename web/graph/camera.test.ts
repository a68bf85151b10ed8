import { describe, expect, it } from 'vitest'
import { fitted, kept, zoomed } from './camera.ts'

const seen = { w: 800, h: 400 }

describe('the camera', () => {
  it('shows a small graph as it is, a large one whole, a huge one readable', () => {
    expect(fitted({ w: 300, h: 100 }, seen).scale).toBe(1)
    expect(fitted({ w: 1504, h: 300 }, seen).scale).toBe(0.5)
    expect(fitted({ w: 90_000, h: 9000 }, seen).scale).toBe(0.35)
  })

  it('zooms about the point that is looked at, within bounds', () => {
    const before = { x: 10, y: 20, scale: 1 }
    const after = zoomed(before, 1.5, { x: 110, y: 70 })
    expect([(110 - after.x) / after.scale, (70 - after.y) / after.scale]).toEqual([100, 50])
    expect(zoomed(before, 100, { x: 0, y: 0 }).scale).toBe(2)
    expect(zoomed(before, 0.001, { x: 0, y: 0 }).scale).toBe(0.12)
  })

  it('never loses sight of the graph', () => {
    expect(kept({ x: 5000, y: -5000, scale: 1 }, { w: 300, h: 100 }, seen)).toEqual({ x: 720, y: -20, scale: 1 })
  })
})
