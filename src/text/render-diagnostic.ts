/** A diagnostic as people read it in a terminal: what, where, the excerpt with a caret, what to do. */
import type { Diagnostic, Severity } from '../base/diagnostic.ts'
import { type Span, showSpan } from '../base/span.ts'
import { excerpt } from './excerpt.ts'
import type { SourceFile } from './source-file.ts'

export type Paint = (style: 'bold' | 'dim' | Severity, text: string) => string

export const plainPaint: Paint = (_style, text) => text

export interface RenderOptions {
  readonly paint?: Paint
  /** The text behind a span's file name, when it is at hand. */
  readonly source?: (file: string) => SourceFile | undefined
}

export function renderDiagnostic(d: Diagnostic, o: RenderOptions = {}): string {
  const paint = o.paint ?? plainPaint
  const where = d.at === undefined ? '' : `${showSpan(d.at)}: `
  const lines = [`${where}${paint(d.severity, d.severity)}: ${paint('bold', d.message)} ${paint('dim', `[${d.code}]`)}`]
  const quote = (at: Span | undefined): void => {
    const file = at === undefined ? undefined : o.source?.(at.file)
    if (at !== undefined && file !== undefined) lines.push(excerpt(file, at))
  }
  quote(d.at)
  for (const other of d.related ?? []) {
    lines.push(`  ${showSpan(other.at)}: ${other.message}`)
    quote(other.at)
  }
  if (d.hint !== undefined) lines.push(`  ${paint('dim', 'hint:')} ${d.hint}`)
  return lines.join('\n')
}
