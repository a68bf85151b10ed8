/** Findings as JUnit's XML: a test for each flaw, failed where it holds the image up. */
import type { Finding } from '../finding.ts'
import type { ScanReport } from '../report.ts'

/** `held`: those that fail the scan; the others are passed tests. What was ignored is skipped. */
export function junitOf(report: ScanReport, findings: readonly Finding[], held: ReadonlySet<Finding>, ignored: readonly Finding[]): string {
  const cases = [...findings.map((one) => testCase(one, held.has(one) ? 'failed' : 'passed')), ...ignored.map((one) => testCase(one, 'skipped'))]
  const all = cases.length === 0 ? ['    <testcase classname="scan" name="no known flaws"/>'] : cases
  const attributes = `name="${escaped(report.target.name)}" tests="${all.length}" failures="${held.size}" skipped="${ignored.length}" errors="0"`
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n  <testsuite ${attributes}>\n${all.join('\n')}\n  </testsuite>\n</testsuites>\n`
}

function testCase(finding: Finding, outcome: 'failed' | 'passed' | 'skipped'): string {
  const { id, severity, title, fixedVersion, references, package: one } = finding
  const open = `    <testcase classname="${escaped(`${one.type}.${one.name}`)}" name="${escaped(`${severity} ${id} ${one.name} ${one.version}`)}"`
  if (outcome === 'passed') return `${open}/>`
  if (outcome === 'skipped') return `${open}><skipped message="ignored"/></testcase>`
  const lines = [
    title ?? id,
    fixedVersion === undefined ? 'no version fixes it yet' : `fixed in ${fixedVersion}`,
    ...one.locations.map(({ path, layer }) => [path, layer].filter(Boolean).join(' ')),
    ...references.slice(0, 1),
  ]
  return `${open}><failure type="${severity}" message="${escaped(lines.slice(0, 2).join('; '))}">${escaped(lines.join('\n'))}</failure></testcase>`
}

/** XML has no way to write other control characters. */
function escaped(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
