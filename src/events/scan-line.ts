/** What a scan came to, in one line. */
import { plural } from '../base/human.ts'
import { countsText, totalOf } from '../verdict/counts.ts'
import type { ScanSummary } from './scan-summary.ts'

export function scanLine({ what, counts, fresh, ignored, gate, packages, unjudged }: ScanSummary): string {
  const looked = packages === 0 ? '' : ` in ${plural(packages, 'package')}`
  const parts = [
    `${plural(totalOf(counts), 'flaw')}${looked} of ${what}${totalOf(counts) === 0 ? '' : `: ${countsText(counts)}`}`,
    ...(totalOf(fresh) > 0 && totalOf(fresh) < totalOf(counts) ? [`${totalOf(fresh)} new`] : []),
    ...(ignored > 0 ? [`${ignored} ignored`] : []),
    ...(gate.held > 0 ? [`${gate.held} too bad (${gate.level})`] : []),
    ...(unjudged.length > 0 ? [`not judged: ${unjudged.map((one) => one.what).join(', ')}`] : []),
  ]
  return parts.join('; ')
}
