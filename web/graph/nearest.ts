/** The box that an arrow key leads to: the nearest one in its direction. Pure. */
import type { Box } from './layout.ts'

/** Boxes with others inside are where their title is: at their top left. */
export function nearest(boxes: readonly Box[], from: string | undefined, [dx, dy]: readonly [number, number]): Box | undefined {
  const start = boxes.find(({ key }) => key === from)
  if (start === undefined) return boxes[0]
  const here = start
  let best: Box | undefined
  let least = Number.POSITIVE_INFINITY
  for (const box of boxes) {
    const there = box
    const along = (there.x - here.x) * dx + (there.y - here.y) * dy
    const aside = Math.abs((there.x - here.x) * dy) + Math.abs((there.y - here.y) * dx)
    if (box === start || along <= 0) continue
    const distance = along + aside * 3
    if (distance < least) [best, least] = [box, distance]
  }
  return best
}
