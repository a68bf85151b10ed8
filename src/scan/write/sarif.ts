/** Findings as SARIF 2.1.0, for the code scanning pages of forges. https://docs.oasis-open.org/sarif/sarif/v2.1.0/ */
import type { Finding } from '../finding.ts'
import { packageUrl } from '../package-url.ts'
import type { ScanReport } from '../report.ts'
import type { Severity } from '../severity.ts'

const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
  unknown: 'warning',
}

/** Where a source gives no score: the lowest of its class, as forges cut the classes. */
const scores: Readonly<Record<Severity, string | undefined>> = { critical: '9.0', high: '7.0', medium: '4.0', low: '0.1', info: '0.0', unknown: undefined }

/** `ignored`: findings that somebody has decided to live with; they are there, and marked. */
export function sarifOf(report: ScanReport, findings: readonly Finding[], ignored: readonly Finding[], o: { readonly version: string }): object {
  const all = [...findings.map((finding) => ({ finding, off: false })), ...ignored.map((finding) => ({ finding, off: true }))]
  const rules = [...Map.groupBy(all, ({ finding }) => finding.id)].map(([id, group]) => ruleOf(id, (group[0] as (typeof all)[number]).finding))
  const indexes = new Map(rules.map(({ id }, i) => [id, i]))
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'slipway', version: o.version, rules },
          extensions: [{ name: report.scanner.name, ...(report.scanner.version !== undefined && { version: report.scanner.version }) }],
        },
        columnKind: 'utf16CodeUnits',
        results: all.map(({ finding, off }) => resultOf(finding, report, indexes.get(finding.id) ?? 0, off)),
      },
    ],
  }
}

function ruleOf(id: string, { title, description, references, severity, cvss }: Finding) {
  const score = cvss === undefined ? scores[severity] : cvss.score.toFixed(1)
  const [url] = references
  return {
    id,
    shortDescription: { text: title ?? id },
    ...(description !== undefined && { fullDescription: { text: description } }),
    ...(url !== undefined && { helpUri: url }),
    defaultConfiguration: { level: levels[severity] },
    properties: { tags: ['security', 'vulnerability', severity], ...(score !== undefined && { 'security-severity': score }) },
  }
}

function resultOf({ id, severity, fixedVersion, package: one }: Finding, { target }: ScanReport, ruleIndex: number, off: boolean): object {
  const fix = fixedVersion === undefined ? 'no version fixes it yet' : `fixed in ${fixedVersion}`
  const places = one.locations.length === 0 ? [{ path: target.name }] : one.locations
  return {
    ruleId: id,
    ruleIndex,
    level: levels[severity],
    message: { text: `${one.name} ${one.version} in ${target.name}: ${id} (${severity}), ${fix}` },
    locations: places.map(({ path }) => ({ physicalLocation: { artifactLocation: { uri: encodeURI(path) }, region: { startLine: 1 } } })),
    // The same flaw of the same package is the same result in the next scan, whatever its version.
    partialFingerprints: { 'slipway/v1': `${one.type} ${one.name} ${id}` },
    properties: {
      severity,
      package: one.name,
      version: one.version,
      purl: packageUrl(one, target.distribution),
      ...(fixedVersion !== undefined && { fixedVersion }),
    },
    ...(off && { suppressions: [{ kind: 'external', status: 'accepted' }] }),
  }
}
