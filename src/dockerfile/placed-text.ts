/** Text joined from several lines that still knows where each of its characters stands in the file. */
import type { Span } from '../base/span.ts'
import type { SourceFile } from '../text/source-file.ts'
import type { Word } from './word.ts'

export interface PlacedText {
  readonly text: string
  /** The place of `text.slice(start, end)`. */
  span(start: number, end: number): Span
  slice(start: number, end?: number): PlacedText
  trim(): PlacedText
  word(start?: number, end?: number): Word
}

/** `text` stands at `offset` of the file. */
export interface Piece {
  readonly text: string
  readonly offset: number
}

export function placedText(file: SourceFile, pieces: readonly Piece[]): PlacedText {
  const starts: number[] = []
  let length = 0
  for (const piece of pieces) {
    starts.push(length)
    length += piece.text.length
  }
  const offsetOf = (index: number): number => {
    const n = lastAtOrBelow(starts, index)
    return (pieces[n]?.offset ?? 0) + index - (starts[n] ?? 0)
  }
  const span = (start: number, end: number): Span => (end > start ? file.span(offsetOf(start), offsetOf(end - 1) + 1) : file.span(offsetOf(start)))
  return view(pieces.map((piece) => piece.text).join(''), 0, span)
}

function view(text: string, base: number, spanOf: (start: number, end: number) => Span): PlacedText {
  const span = (start: number, end: number): Span => spanOf(base + start, base + end)
  const slice = (start: number, end = text.length): PlacedText => view(text.slice(start, end), base + start, spanOf)
  return {
    text,
    span,
    slice,
    trim: () => {
      const start = text.length - text.trimStart().length
      return slice(start, Math.max(start, text.trimEnd().length))
    },
    word: (start = 0, end = text.length) => ({ text: text.slice(start, end), at: span(start, end) }),
  }
}

function lastAtOrBelow(starts: readonly number[], index: number): number {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] ?? 0) <= index) low = middle
    else high = middle - 1
  }
  return low
}
