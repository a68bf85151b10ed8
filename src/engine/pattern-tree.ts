/** Byte patterns as a tree in which common beginnings are one: how long a text agrees with any of them is found in one walk. */
export interface PatternTree {
  edge: Uint8Array
  /** A pattern ends with this edge. */
  end: boolean
  next: Map<number, PatternTree> | undefined
}

export function patternTree(): PatternTree {
  return leaf(new Uint8Array(0), false)
}

export function insertPattern(root: PatternTree, pattern: Uint8Array): void {
  let node = root
  let rest = pattern
  while (rest.length > 0) {
    const first = rest[0] as number
    node.next ??= new Map()
    const child = node.next.get(first)
    if (child === undefined) {
      node.next.set(first, leaf(rest, true))
      return
    }
    const length = agreement(child.edge, rest, 0, Math.min(child.edge.length, rest.length))
    if (length < child.edge.length) split(child, length)
    node = child
    rest = rest.subarray(length)
  }
  node.end = true
}

export interface Walk {
  /** Length of the longest pattern here; 0 for none. */
  readonly longest: number
  /** The text ended while a pattern still agreed with it. */
  readonly open: boolean
}

const nothing: Walk = { longest: 0, open: false }

export function walk(root: PatternTree, bytes: Uint8Array, at: number): Walk {
  let longest = 0
  let pos = at
  for (let node = root; node.next !== undefined; ) {
    if (pos === bytes.length) return { longest, open: true }
    const child = node.next.get(bytes[pos] as number)
    if (child === undefined) break
    const room = Math.min(child.edge.length, bytes.length - pos)
    if (agreement(child.edge, bytes, pos, room) < room) break
    pos += room
    if (room < child.edge.length) return { longest, open: true }
    if (child.end) longest = pos - at
    node = child
  }
  return longest === 0 ? nothing : { longest, open: false }
}

function leaf(edge: Uint8Array, end: boolean): PatternTree {
  return { edge, end, next: undefined }
}

function split(node: PatternTree, length: number): void {
  const rest: PatternTree = { edge: node.edge.subarray(length), end: node.end, next: node.next }
  node.edge = node.edge.subarray(0, length)
  node.end = false
  node.next = new Map([[rest.edge[0] as number, rest]])
}

/** How many of the first `most` bytes of `edge` the text has at `at`. Long edges are compared by the machine. */
function agreement(edge: Uint8Array, text: Uint8Array, at: number, most: number): number {
  if (most > 64 && Buffer.compare(edge.subarray(0, most), text.subarray(at, at + most)) === 0) return most
  let i = 0
  while (i < most && edge[i] === text[at + i]) i++
  return i
}
