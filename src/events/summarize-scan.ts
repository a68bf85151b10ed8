/** A report as viewers have it: cut, so that an event stays small whatever an image holds. */

import type { Finding } from '../scan/finding.ts'
import { layerOf } from '../scan/layer-of.ts'
import type { ScanReport } from '../scan/report.ts'
import { countFindings } from '../verdict/counts.ts'
import type { GateLevel } from '../verdict/gate.ts'
import type { ScanFinding, ScanSummary } from './scan-summary.ts'

export interface Judged {
  readonly report: ScanReport
  readonly name: { readonly target: string; readonly variant: string }
  /** That count, the worst first. */
  readonly counting: readonly Finding[]
  readonly fresh: ReadonlySet<Finding>
  readonly ignored: number
  readonly gate: { readonly level: GateLevel; readonly held: number }
}

const mostFindings = 500
const longestTitle = 200

export function summarizeScan({ report, name, counting, fresh, ignored, gate }: Judged): ScanSummary {
  const { target } = report
  const { distribution } = target
  return {
    what: target.name,
    ...(target.digest !== undefined && { digest: target.digest }),
    ...name,
    ...(distribution !== undefined && { distribution: distribution.name ?? [distribution.id, distribution.version].filter(Boolean).join(' ') }),
    scanner: report.scanner,
    database: report.database,
    packages: report.packages.length,
    counts: countFindings(counting),
    fresh: countFindings([...fresh]),
    ignored,
    gate,
    findings: counting.slice(0, mostFindings).map((finding) => told(finding, report, fresh.has(finding))),
    more: Math.max(0, counting.length - mostFindings),
    unjudged: report.unjudged,
  }
}

function told(finding: Finding, { layers }: ScanReport, isNew: boolean): ScanFinding {
  const { id, severity, title, fixedVersion, references, package: one } = finding
  const layer = layerOf(one, layers)
  const [url] = references
  const path = one.locations[0]?.path
  return {
    id,
    severity,
    package: one.name,
    version: one.version,
    type: one.type,
    ...(fixedVersion !== undefined && { fixedVersion }),
    ...(title !== undefined && { title: title.slice(0, longestTitle) }),
    ...(url !== undefined && { url }),
    ...(path !== undefined && { path }),
    ...(layer !== undefined && { layer }),
    ...(isNew && { fresh: true }),
  }
}
