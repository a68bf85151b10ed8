/**
 * Finds many byte patterns at once. Patterns may be added at any time, which costs their length; a scan costs the length of the text,
 * whatever the number of patterns: a table of byte pairs skips what cannot begin one, a tree of all patterns decides the rest.
 */
import { insertPattern, patternTree, walk } from './pattern-tree.ts'

export interface Range {
  readonly start: number
  readonly end: number
}

export interface Finding {
  /** Everything that a pattern covers, in order; places that overlap are one. */
  readonly covered: readonly Range[]
  /** From here on the text may be the start of a pattern; the text's length when nothing of it may. */
  readonly undecided: number
}

export interface ByteFinder {
  /** Of `shortestPattern` bytes at least. */
  add(pattern: Uint8Array): void
  readonly empty: boolean
  scan(bytes: Uint8Array): Finding
}

/** So many bytes begin every pattern, and are looked at together. */
export const shortestPattern = 4

export function byteFinder(): ByteFinder {
  const root = patternTree()
  /** By a pair of bytes: how far the window may move on when they are its last. */
  const moves = new Uint8Array(1 << 16).fill(shortestPattern - 1)
  return {
    add(pattern) {
      if (pattern.length < shortestPattern) throw new RangeError(`a pattern has ${shortestPattern} bytes at least`)
      for (let i = 1; i < shortestPattern; i++) {
        const pair = pairAt(pattern, i)
        moves[pair] = Math.min(moves[pair] as number, shortestPattern - 1 - i)
      }
      insertPattern(root, pattern)
    },
    get empty() {
      return root.next === undefined
    },
    scan(bytes) {
      const found = collector(bytes.length)
      for (let i = shortestPattern - 1; i < bytes.length; ) {
        const move = moves[pairAt(bytes, i)] as number
        if (move === 0) found.take(i - shortestPattern + 1, walk(root, bytes, i - shortestPattern + 1))
        i += move === 0 ? 1 : move
      }
      for (let at = Math.max(0, bytes.length - shortestPattern + 1); at < bytes.length; at++) found.take(at, walk(root, bytes, at))
      return found
    },
  }
}

function pairAt(bytes: Uint8Array, i: number): number {
  return ((bytes[i - 1] as number) << 8) | (bytes[i] as number)
}

function collector(length: number) {
  const covered: { start: number; end: number }[] = []
  let last: { start: number; end: number } | undefined
  return {
    covered,
    undecided: length,
    take(start: number, { longest, open }: { readonly longest: number; readonly open: boolean }): void {
      if (open) this.undecided = Math.min(this.undecided, start)
      const end = start + longest
      if (longest === 0) return
      if (last !== undefined && start < last.end) last.end = Math.max(last.end, end)
      else {
        last = { start, end }
        covered.push(last)
      }
    },
  }
}
