/** The line a span points at, with a caret under it. Long lines are cut around the caret; tabs keep their width. */
import type { Span } from '../base/span.ts'
import type { SourceFile } from './source-file.ts'

const width = 100

export function excerpt(file: SourceFile, span: Span): string {
  const whole = file.line(span.line)
  const from = span.col - 1
  const to = span.endLine > span.line ? whole.length : span.endCol - 1
  const cut = from > width - 20 ? from - 40 : 0
  const shown = (cut > 0 ? '…' : '') + whole.slice(cut, cut + width) + (whole.length > cut + width ? '…' : '')
  const lead = whole.slice(cut, from).replace(/[^\t]/g, ' ')
  const marks = '^'.repeat(Math.max(1, Math.min(to, cut + width) - from))
  const gutter = String(span.line)
  const blank = ' '.repeat(gutter.length)
  return `  ${gutter} | ${shown}\n  ${blank} | ${cut > 0 ? ' ' : ''}${lead}${marks}`
}
