/** docs/errors.md: one heading per code, rendered from the code tables, and the check that none is missing. */
import type { CodeEntry } from '../../src/base/codes.ts'
import { generated } from './blocks.ts'
import type { CodeTable } from './code-tables.ts'

const intro = `# Errors and warnings

${generated}

Every message Slipway prints ends with its code in brackets. Here is what each one means and what to do about it;
\`slipway explain CODE\` prints the same text. Words in braces stand for what the message names in your case.
`

export function errorsPage(tables: readonly CodeTable[]): string {
  const sections = tables.filter((table) => Object.keys(table.codes).length > 0).map(section)
  return `${[intro, ...sections].join('\n')}`
}

/** Codes that have no heading of their own in the page. */
export function missingHeadings(codes: readonly string[], page: string): readonly string[] {
  const headings = new Set([...page.matchAll(/^### (\S+)$/gm)].map((match) => match[1]))
  return codes.filter((code) => !headings.has(code))
}

function section(table: CodeTable): string {
  return `## ${table.name}\n\n${Object.entries(table.codes)
    .map(([code, entry]) => article(code, entry))
    .join('\n')}`
}

function article(code: string, entry: CodeEntry): string {
  const hint = entry.hint === undefined ? '' : `\nHint: ${codeSpan(entry.hint)}\n`
  return `### ${code}\n\n${entry.severity}: ${codeSpan(entry.message)}\n${hint}\n${escapeProse(entry.explain)}\n`
}

/** Fenced by more back-ticks than the text holds in a row. */
function codeSpan(text: string): string {
  const runs = [...text.matchAll(/`+/g)].map((match) => match[0].length)
  const fence = '`'.repeat(Math.max(0, ...runs) + 1)
  return fence.length === 1 ? `\`${text}\`` : `${fence} ${text} ${fence}`
}

/** Angle brackets outside of back-ticks would vanish as HTML. */
function escapeProse(text: string): string {
  return text.replace(/(`+[^`]*`+)|</g, (whole, code: string | undefined) => (code === undefined ? '&lt;' : whole))
}
