/**
 * Places a run's tree on a plane: one after another goes to the right and wraps, side by side goes down, and many side by side
 * make a grid. Pure; sizes are in pixels.
 */
import type { RunNode } from './run-tree.ts'

export interface Box {
  readonly key: string
  readonly node: RunNode
  readonly x: number
  readonly y: number
  readonly w: number
  readonly h: number
  /** Drawn as one, its inside hidden. */
  readonly folded: boolean
}

export interface Layout {
  readonly w: number
  readonly h: number
  readonly boxes: readonly Box[]
  /** Paths of SVG. */
  readonly edges: readonly string[]
}

export const stepSize = { w: 196, h: 44 }
const gap = { along: 32, across: 10 }
const pad = { x: 14, top: 36, bottom: 14 }
/** A row ends when it is as wide as this, or as wide as makes a long sequence about twice as wide as high: of stages, and inside of one. */
const widestRow = { outside: 1700, inside: 940 }
const proportion = 2.2
/** More than so many side by side make a grid. */
const tallestColumn = 12
const portY = stepSize.h / 2

export function layoutTree(nodes: readonly RunNode[], folded: ReadonlySet<string>): Layout {
  return sequence(nodes, folded, widestRow.outside)
}

/** A piece lies at 0,0 until it is moved. Lines enter and leave it at `portY` below its top. */
type Part = Layout

function place(node: RunNode, folded: ReadonlySet<string>): Part {
  if (node.kind === 'parallel' && node.loop === undefined) return parallel(node.children, folded)
  const isFolded = node.kind !== 'step' && folded.has(node.key)
  if (node.kind === 'step' || isFolded) return { ...stepSize, boxes: [{ key: node.key, node, x: 0, y: 0, ...stepSize, folded: isFolded }], edges: [] }
  const inside = node.kind === 'parallel' ? parallel(node.children, folded) : sequence(node.children, folded, widestRow.inside)
  const w = Math.max(stepSize.w, inside.w) + pad.x * 2
  const h = Math.max(inside.h, 8) + pad.top + pad.bottom
  const moved = move(inside, pad.x, pad.top)
  return { w, h, boxes: [{ key: node.key, node, x: 0, y: 0, w, h, folded: false }, ...moved.boxes], edges: moved.edges }
}

function sequence(nodes: readonly RunNode[], folded: ReadonlySet<string>, usual: number): Part {
  const parts = nodes.filter((node) => node.kind !== 'parallel' || node.children.length > 0).map((node) => place(node, folded))
  const area = parts.reduce((sum, { w, h }) => sum + (w + gap.along) * (h + gap.across * 2), 0)
  const widest = Math.max(usual, Math.sqrt(area * proportion))
  const placed: Part[] = []
  const edges: string[] = []
  let [x, y, rowHeight, width] = [0, 0, 0, 0]
  for (const [i, part] of parts.entries()) {
    const wraps = x > 0 && x + part.w > widest
    const from = { x: x - gap.along, y: y + portY }
    if (wraps) {
      const below = y + rowHeight + gap.across * 2
      edges.push(wrapped(from, { x: 0, y: below + portY }, below - gap.across))
      ;[x, y, rowHeight] = [0, below, 0]
    } else if (i > 0) edges.push(`M${from.x} ${from.y}H${x}`)
    placed.push(move(part, x, y))
    width = Math.max(width, x + part.w)
    rowHeight = Math.max(rowHeight, part.h)
    x += part.w + gap.along
  }
  return { w: width, h: y + rowHeight, boxes: placed.flatMap(({ boxes }) => boxes), edges: [...edges, ...placed.flatMap((one) => one.edges)] }
}

function parallel(nodes: readonly RunNode[], folded: ReadonlySet<string>): Part {
  const parts = nodes.map((node) => place(node, folded))
  const rows = parts.length <= tallestColumn ? parts.length : Math.ceil(Math.sqrt(parts.length * 2.4))
  const rail = 18
  const placed: Part[] = []
  const edges: string[] = []
  let [x, height] = [rail, 0]
  for (let start = 0; start < parts.length; start += rows) {
    let y = 0
    let columnWidth = 0
    for (const part of parts.slice(start, start + rows)) {
      placed.push(move(part, x, y))
      if (parts.length > 1 && start === 0) edges.push(branch(y + portY, rail))
      columnWidth = Math.max(columnWidth, part.w)
      y += part.h + gap.across
    }
    height = Math.max(height, y - gap.across)
    x += columnWidth + gap.across
  }
  const w = x - gap.across + rail
  const joins =
    parts.length <= rows ? placed.map((part, i) => join(portY + (part.boxes[0]?.y ?? 0), w, (part.boxes[0]?.x ?? 0) + (parts[i]?.w ?? 0), rail)) : []
  return { w, h: height, boxes: placed.flatMap(({ boxes }) => boxes), edges: [...edges, ...joins, ...placed.flatMap((one) => one.edges)] }
}

/** From the port at the left to one of many, round the corner. */
function branch(y: number, rail: number): string {
  return y === portY ? `M0 ${y}H${rail}` : `M0 ${portY}q${rail / 2} 0 ${rail / 2} 8V${y - 8}q0 8 ${rail / 2} 8`
}

function join(y: number, w: number, from: number, rail: number): string {
  const corner = w - rail
  return y === portY ? `M${from} ${y}H${w}` : `M${from} ${y}H${corner}q${rail / 2} 0 ${rail / 2} -8V${portY + 8}q0 -8 ${rail / 2} -8`
}

/** Back to the beginning of the next row, between the rows. */
function wrapped(from: { readonly x: number; readonly y: number }, to: { readonly x: number; readonly y: number }, between: number): string {
  return `M${from.x} ${from.y}h4q6 0 6 6V${between - 6}q0 6 -6 6H${to.x - 4}q-6 0 -6 6V${to.y - 6}q0 6 6 6h4`
}

function move(part: Part, dx: number, dy: number): Part {
  return {
    w: part.w,
    h: part.h,
    boxes: part.boxes.map((box) => ({ ...box, x: box.x + dx, y: box.y + dy })),
    edges: part.edges.map((path) => moved(path, dx, dy)),
  }
}

/** Capital letters of a path are absolute. */
function moved(path: string, dx: number, dy: number): string {
  return path.replace(/M(\S+) ([^A-Za-z]+)|H([^A-Za-z]+)|V([^A-Za-z]+)/g, (_all, mx, my, h, v) => {
    if (mx !== undefined) return `M${Number(mx) + dx} ${Number(my) + dy}`
    return h === undefined ? `V${Number(v) + dy}` : `H${Number(h) + dx}`
  })
}
