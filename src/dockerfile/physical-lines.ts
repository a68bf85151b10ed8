/** The lines of the file as they stand, each with its offset; a byte order mark at the start is no part of the first. */
export interface PhysicalLine {
  /** Without its line break. */
  readonly text: string
  readonly start: number
  /** Offset after the line break. */
  readonly end: number
}

export function* physicalLines(text: string): Generator<PhysicalLine, undefined> {
  let start = text.startsWith('\uFEFF') ? 1 : 0
  while (start < text.length) {
    const feed = text.indexOf('\n', start)
    const end = feed < 0 ? text.length : feed + 1
    let last = end
    while (last > start && (text[last - 1] === '\n' || text[last - 1] === '\r')) last--
    yield { text: text.slice(start, last), start, end }
    start = end
  }
  return undefined
}
