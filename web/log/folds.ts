/** Sections of a log that can be folded, and the numbering of what is then seen. Pure. Indexes of lines count from 0. */

export interface Section {
  readonly title: string
  /** Its heading. */
  readonly first: number
  /** Exclusive. */
  readonly end: number
}

const opens = /^(?:::group::|##\[group\])(.*)$/
const closes = /^(?:::endgroup::|##\[endgroup\])/
const buildStep = /^#\d+ (\[.*)$/

/** Marks as GitHub and Azure write them, and the steps of a build. `found`: lines that may be marks, in their order; `n` counts from 1. */
export function sectionsOf(found: readonly { readonly n: number; readonly text: string }[], total: number): readonly Section[] {
  const sections: Section[] = []
  let open: { readonly title: string; readonly first: number } | undefined
  const close = (end: number): void => {
    if (open !== undefined && end > open.first + 1) sections.push({ ...open, end })
    open = undefined
  }
  for (const { n, text } of found) {
    const title = opens.exec(text)?.[1] ?? buildStep.exec(text)?.[1]
    if (title !== undefined) {
      close(n - 1)
      open = { title: title.trim(), first: n - 1 }
    } else if (closes.test(text)) close(n)
  }
  close(total)
  return sections
}

/** The line that ends a section says nothing to people. */
export function isEnd(text: string): boolean {
  return closes.test(text)
}

export interface Folded {
  /** How many lines are seen. */
  readonly seen: number
  lineAt(row: number): number
  /** Where a line is, or the heading that hides it. */
  rowOf(line: number): number
}

/** `closed`: first lines of folded sections. */
export function foldLines(total: number, sections: readonly Section[], closed: ReadonlySet<number>): Folded {
  const gaps = sections.filter(({ first }) => closed.has(first)).map(({ first, end }) => ({ from: first + 1, to: Math.min(end, total) }))
  const hidden = gaps.reduce((sum, { from, to }) => sum + Math.max(0, to - from), 0)
  return {
    seen: total - hidden,
    lineAt(row) {
      let line = row
      for (const { from, to } of gaps) {
        if (line < from) break
        line += to - from
      }
      return line
    },
    rowOf(line) {
      let row = line
      for (const { from, to } of gaps) {
        if (line < from) break
        row -= Math.min(line, to - 1) - from + 1
      }
      return row
    },
  }
}
