/** What the YAML library says again because of a mistake that it told of already: only the first is kept. */
import type { YAMLError } from 'yaml'
import type { SourceFile } from '../text/source-file.ts'

/** Something follows a value that is complete. */
export const leftover = /^Unexpected \S+ at node end/
/** The document has ended: from here on every token of the file is complained about. */
export const afterEnd = /^Unexpected .* token in YAML stream/
export const unaligned = /^All (mapping|sequence) items must start at the same column/

export function withoutCascades(errors: readonly YAMLError[], file: SourceFile): readonly YAMLError[] {
  const sorted = errors.toSorted((a, b) => a.pos[0] - b.pos[0])
  let ended = false
  let block: YAMLError | undefined
  return sorted.filter((error, i) => {
    if (afterEnd.test(error.message)) {
      const told = ended || follows(sorted[i - 1], error, file)
      ended = true
      return !told
    }
    if (!unaligned.test(error.message)) return true
    const told = block !== undefined && oneBlock(block, error, file)
    block = error
    return !told
  })
}

/** A leftover is told at its first token; its others come on the same line. */
function follows(before: YAMLError | undefined, error: YAMLError, file: SourceFile): boolean {
  return before !== undefined && leftover.test(before.message) && lineOf(before, file) === lineOf(error, file)
}

/** Two lines of one indentation, and nothing further to the left between them. */
function oneBlock(first: YAMLError, second: YAMLError, file: SourceFile): boolean {
  const [from, to] = [lineOf(first, file), lineOf(second, file)]
  const column = indentOf(file.line(from))
  if (indentOf(file.line(to)) !== column) return false
  for (let line = from + 1; line < to; line++) if (file.line(line).trim() !== '' && indentOf(file.line(line)) < column) return false
  return true
}

export function indentOf(line: string): number {
  return line.length - line.trimStart().length
}

function lineOf(error: YAMLError, file: SourceFile): number {
  return file.span(error.pos[0]).line
}
