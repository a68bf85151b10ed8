/** Why a build failed, as BuildKit closes: the lines of the Dockerfile with marks, then the error. */
import type { Span } from '../../base/span.ts'
import type { SourceFile } from '../../text/source-file.ts'

const around = 2

/** `   2 | >>> RUN false`, between rulers. Empty when the place is in another file. */
export function markedExcerpt(source: SourceFile, at: Span | undefined): readonly string[] {
  if (at === undefined || at.file !== source.name) return []
  const lastMarked = at.endCol === 1 && at.endLine > at.line ? at.endLine - 1 : at.endLine
  const first = Math.max(1, at.line - around)
  const last = Math.min(source.lineCount, lastMarked + around)
  const rows: string[] = []
  for (let line = first; line <= last; line++) {
    const marked = line >= at.line && line <= lastMarked
    rows.push(`${String(line).padStart(4)} | ${marked ? '>>>' : '   '} ${source.line(line)}`.trimEnd())
  }
  const ruler = '-'.repeat(20)
  return [`${source.name}:${at.line}`, ruler, ...rows, ruler]
}
