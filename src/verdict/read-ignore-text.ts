/** `.trivyignore`: one flaw a line, `exp:2026-12-31` behind it for a time limit, comments behind `#`. */
import { type Diagnostic, diagnose } from '../base/diagnostic.ts'
import type { SourceFile } from '../text/source-file.ts'
import type { IgnoreRule } from './ignore-rule.ts'
import { readDay } from './read-day.ts'

export interface IgnoresRead {
  readonly rules: readonly IgnoreRule[]
  readonly diagnostics: readonly Diagnostic[]
}

export function readIgnoreText(file: SourceFile): IgnoresRead {
  const rules: IgnoreRule[] = []
  const diagnostics: Diagnostic[] = []
  let offset = 0
  for (const line of file.text.split('\n')) {
    const at = file.span(offset, offset + line.trimEnd().length)
    offset += line.length + 1
    const [id, ...more] = line
      .trimEnd()
      .replace(/\s*#.*$/, '')
      .trim()
      .split(/\s+/)
    if (id === undefined || id === '') continue
    const limits = more.filter((word) => word.startsWith('exp:'))
    for (const word of more) if (!word.startsWith('exp:')) diagnostics.push(diagnose('SCAN_IGNORE_WRONG', { what: `"${word}" behind ${id}` }, { at }))
    const day = limits[0]?.slice('exp:'.length)
    const until = day === undefined ? undefined : readDay(day)
    if (day !== undefined && until === undefined) {
      // Taken without its limit it would hide the flaw for ever.
      diagnostics.push(diagnose('SCAN_IGNORE_WRONG', { what: `the day "${day}" of ${id}` }, { at }))
      continue
    }
    rules.push({ id, ...(until !== undefined && { until }), at })
  }
  return { rules, diagnostics }
}
