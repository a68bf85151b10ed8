/** A scanner that only pretends: it finds what FAKE_FINDINGS says, such as `critical=1,low=3`, and otherwise nothing. */
import { problem } from '../../base/problem.ts'
import type { Scanner, ScanTarget } from '../../ports/scanner.ts'
import type { Finding } from '../../scan/finding.ts'
import type { TargetFacts } from '../../scan/report.ts'
import { type Severity, severities } from '../../scan/severity.ts'

export function fakeScanner(): Scanner {
  return {
    name: 'fake',
    check: async () => [],
    async scan({ target, env = {} }, { signal }) {
      signal.throwIfAborted()
      const findings = madeUp(env['FAKE_FINDINGS'] ?? '')
      const packages = findings.map((one) => one.package)
      return {
        target: await factsOf(target),
        layers: [],
        packages,
        unjudged: [],
        findings,
        scanner: { name: 'fake' },
        database: { name: 'a database that is made up' },
      }
    },
  }
}

async function factsOf(target: ScanTarget): Promise<TargetFacts> {
  return { kind: target.kind, name: target.name, ...(target.kind === 'image' && { digest: await target.view.digest() }) }
}

/** The worst first, each in a package of its own. */
function madeUp(text: string): readonly Finding[] {
  const wanted = new Map<Severity, number>()
  for (const word of text.split(',').filter((one) => one.trim() !== '')) {
    const [name = '', count = '1'] = word.split('=').map((one) => one.trim())
    const severity = severities.find((one) => one === name)
    if (severity === undefined || !/^\d{1,4}$/.test(count))
      throw problem('FAKE_STEERING', { name: 'FAKE_FINDINGS', step: 'a scan', reason: `"${word}" is not like critical=1` })
    wanted.set(severity, Number(count))
  }
  return severities.flatMap((severity) =>
    Array.from({ length: wanted.get(severity) ?? 0 }, (_, i): Finding => {
      const name = `made-up-${severity}-${i + 1}`
      return {
        id: `FAKE-${severity.toUpperCase()}-${i + 1}`,
        aliases: [],
        severity,
        references: [],
        package: { type: 'generic', name, version: '1', locations: [{ path: name }] },
      }
    }),
  )
}
