/** A named text and its lines: turns offsets into spans. */
import type { Span } from '../base/span.ts'

export interface SourceFile {
  readonly name: string
  readonly text: string
  /** Offsets are UTF-16 units, clamped to the text; columns count the same units. */
  span(start: number, end?: number): Span
  /** Text of line `n` (from 1) without its line break, '' past the end. */
  line(n: number): string
  readonly lineCount: number
}

export function sourceFile(name: string, text: string): SourceFile {
  const starts = lineStarts(text)
  const place = (offset: number): { line: number; col: number } => {
    const at = Math.min(Math.max(offset, 0), text.length)
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] ?? 0) <= at) low = middle
      else high = middle - 1
    }
    return { line: low + 1, col: at - (starts[low] ?? 0) + 1 }
  }
  return {
    name,
    text,
    lineCount: starts.length,
    span(start, end = start) {
      const from = place(start)
      const to = place(Math.max(start, end))
      return { file: name, line: from.line, col: from.col, endLine: to.line, endCol: to.col }
    },
    line(n) {
      const start = starts[n - 1]
      if (start === undefined) return ''
      return text.slice(start, starts[n] ?? text.length).replace(/\r?\n$|\r$/, '')
    },
  }
}

function lineStarts(text: string): number[] {
  const starts = [0]
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === 10 || (c === 13 && text.charCodeAt(i + 1) !== 10)) starts.push(i + 1)
  }
  return starts
}
