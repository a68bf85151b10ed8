/** What was found as text, in each form that can be asked for. */

import type { Instant } from '../../base/clock.ts'
import { plural } from '../../base/human.ts'
import type { Finding } from '../../scan/finding.ts'
import type { ScanReport } from '../../scan/report.ts'
import { cyclonedx } from '../../scan/sbom/cyclonedx.ts'
import type { Severity } from '../../scan/severity.ts'
import { scanHead } from '../../scan/write/head.ts'
import { junitOf } from '../../scan/write/junit.ts'
import { sarifOf } from '../../scan/write/sarif.ts'
import { findingsTable, type Grouping } from '../../scan/write/table.ts'
import { printable } from '../../text/terminal-text.ts'
import { countFindings, countsText } from '../../verdict/counts.ts'

export const scanFormats = ['table', 'json', 'sarif', 'cyclonedx', 'junit'] as const
export type ScanFormat = (typeof scanFormats)[number]

export interface Found {
  readonly report: ScanReport
  readonly counting: readonly Finding[]
  readonly ignored: readonly Finding[]
  /** Of those that count: what fails the scan. */
  readonly held: readonly Finding[]
}

export interface TextOptions {
  readonly group: Grouping
  readonly columns: number | undefined
  readonly colour: boolean
  readonly version: string
  readonly now: Instant
}

export const scanTexts = {
  table: tableText,
  json: ({ report, counting, ignored, held }) => {
    const { findings: _all, ...rest } = report
    return json({ ...rest, counts: countFindings(counting), findings: counting, ignored, failed: held.length > 0 })
  },
  sarif: ({ report, counting, ignored }, o) => json(sarifOf(report, counting, ignored, o)),
  cyclonedx: ({ report, counting }, o) => json(cyclonedx(report, counting, { at: o.now, version: o.version })),
  junit: ({ report, counting, held, ignored }) => junitOf(report, counting, new Set(held), ignored),
} as const satisfies Record<ScanFormat, (found: Found, o: TextOptions) => string>

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

const colours: Readonly<Record<Severity, string>> = { critical: '1;31', high: '31', medium: '33', low: '36', info: '2', unknown: '35' }

function tableText({ report, counting, ignored }: Found, { group, columns, colour }: TextOptions): string {
  const paint = (severity: Severity, text: string): string => (colour ? `\u001b[${colours[severity]}m${text}\u001b[0m` : text)
  const table = findingsTable(counting, { group, layers: report.layers, columns, paint })
  const off = ignored.length === 0 ? '' : `; ignored: ${ignored.length}`
  const unjudged = report.unjudged.map(({ what, reason, count, paths }) => {
    const where = paths.length === 0 ? '' : ` (${paths.slice(0, 3).join(', ')})`
    return `not judged: ${what}, ${plural(count, 'place')}${where}: ${reason}`
  })
  const plain = (line: string): string => printable(line.replaceAll(/[\r\n]+/g, ' '), { colours: false })
  return [
    ...scanHead(report).map(plain),
    '',
    ...table,
    ...(table.length > 0 ? [''] : []),
    `found: ${countsText(countFindings(counting))}${off}`,
    ...unjudged.map(plain),
    '',
  ].join('\n')
}
