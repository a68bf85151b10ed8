/** The log of a scan step: what was looked at with what, what was found, and what nobody can say. */
import { diagnose } from '../../base/diagnostic.ts'
import { plural } from '../../base/human.ts'
import { stepPath } from '../../events/step-path.ts'
import type { Judged } from '../../events/summarize-scan.ts'
import { scanHead } from '../../scan/write/head.ts'
import { findingsTable } from '../../scan/write/table.ts'
import type { ScanWork } from '../../steps/scan-work.ts'
import { countFindings, countsText } from '../../verdict/counts.ts'
import type { WorkAt } from '../do-work.ts'
import { stepLog } from '../step-output.ts'

export async function tellScan({ report, counting, fresh, ignored, name }: Judged, { step, context }: WorkAt<ScanWork>): Promise<void> {
  const path = stepPath(step.path)
  const table = findingsTable(counting, { group: 'severity', layers: report.layers, paint: (_severity, text) => text, isNew: (one) => fresh.has(one) })
  const off = ignored === 0 ? [] : [`ignored: ${ignored}`]
  const isNew = counting.length === 0 ? [] : [`new since the last scan of ${name.target} ${name.variant} (*): ${countsText(countFindings([...fresh]))}`]
  const lines = [...scanHead(report), ...table, [`found: ${countsText(countFindings(counting))}`, ...off].join('; '), ...isNew]
  const log = stepLog(path, context)
  await log.tell({ stream: 'out', text: `${lines.map((line) => context.redactor.text(line)).join('\n')}\n` })
  await log.end()
  for (const { what, reason, count, paths } of report.unjudged) {
    const places = paths.length === 0 ? '' : ` (${paths.slice(0, 3).join(', ')}${count > 3 ? `, ${plural(count, 'place')} in all` : ''})`
    await context.emit({ kind: 'step.note', step: path, note: diagnose('SCAN_UNJUDGED', { what, reason, places }, { at: step.at }) })
  }
}
