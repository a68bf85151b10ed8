/** The lines that are seen of a log, drawn at their places in a box as tall as the whole. */
import { type Signal, useComputed } from '@preact/signals'
import { type Look, type Piece, parseAnsi, plain } from './ansi.ts'
import { type Folded, isEnd, type Section } from './folds.ts'
import { boxHeight, type Frame, lineWindow } from './line-window.ts'
import { LogRow } from './log-line.tsx'
import type { LogSearch } from './log-search.ts'
import type { LogStore } from './log-store.ts'

export interface LogLinesProps {
  readonly store: LogStore
  readonly search: LogSearch
  readonly sections: Signal<readonly Section[]>
  readonly closed: Signal<ReadonlySet<number>>
  readonly folded: Signal<Folded>
  readonly frame: Signal<Frame>
  readonly scrollTop: Signal<number>
  /** From 1. */
  readonly chosen: number | undefined
  onChoose(n: number): void
}

export function LogLines({ store, search, sections, closed, folded, frame, scrollTop, chosen, onChoose }: LogLinesProps) {
  const headings = useComputed(() => new Map(sections.value.map((section) => [section.first, section])))
  store.version.value
  const { first, end, offset } = lineWindow(scrollTop.value, frame.value)
  const current = search.found.value[search.at.value]
  const needle = search.text.value
  let look: Look = plain
  const rows = []
  for (let row = first; row < end; row++) {
    const index = folded.value.lineAt(row)
    const line = store.line(index)
    let pieces: readonly Piece[] | undefined
    if (line !== undefined) ({ pieces, look } = parseAnsi(line.text, look))
    const heading = headings.value.get(index)
    rows.push(
      <LogRow
        key={index}
        n={index + 1}
        pieces={heading === undefined ? (line !== undefined && isEnd(line.text) ? [] : pieces) : [{ text: heading.title, look: { bold: true } }]}
        isError={line?.stream === 'err'}
        chosen={chosen === index + 1}
        found={current === index + 1}
        needle={needle}
        top={offset + (row - first) * frame.value.lineHeight}
        onChoose={onChoose}
        {...(heading !== undefined && {
          fold: { closed: closed.value.has(index), title: `Section ${heading.title}`, toggle: () => toggle(closed, index) },
        })}
      />,
    )
  }
  return (
    <div class="log-box" style={{ height: `${boxHeight(frame.value)}px` }}>
      {rows}
    </div>
  )
}

function toggle(closed: Signal<ReadonlySet<number>>, line: number): void {
  const next = new Set(closed.value)
  if (!next.delete(line)) next.add(line)
  closed.value = next
}
