/** Keeps the last lines of a step's output. The last element is the line being written; text may come in any pieces. */
const lines = 20
const lineLimit = 2_000

export function extendTail(tail: readonly string[], text: string): readonly string[] {
  const recent = text.length > lines * lineLimit ? text.slice(-lines * lineLimit) : text
  const pieces = recent.split(/\r?\n/)
  const joined = [...tail.slice(0, -1), (tail.at(-1) ?? '') + (pieces[0] ?? ''), ...pieces.slice(1)]
  return joined.slice(-lines - 1).map((line) => shortened(overwritten(line)))
}

/** Progress that writes its line again and again: what came after the last carriage return, as on a terminal. */
function overwritten(line: string): string {
  return line.slice(line.lastIndexOf('\r', line.length - 2) + 1)
}

function shortened(line: string): string {
  return line.length > lineLimit ? line.slice(0, lineLimit) : line
}

/** The finished and unfinished lines worth showing: a trailing empty one is the start of a line not written yet. */
export function tailLines(tail: readonly string[]): readonly string[] {
  return tail.at(-1) === '' ? tail.slice(0, -1) : tail
}
