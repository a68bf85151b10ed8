import { describe, expect, it } from 'vitest'
import type { Finding } from '../scan/finding.ts'
import { severities } from '../scan/severity.ts'
import { sourceFile } from '../text/source-file.ts'
import { applyIgnores } from './apply-ignores.ts'
import { commandWords, scanArguments } from './arguments.ts'
import { heldUp } from './gate.ts'
import { readIgnoreText } from './read-ignore-text.ts'
import { readIgnoreYaml } from './read-ignore-yaml.ts'

const finding = (id: string, paths: readonly string[] = ['app/package.json'], more: Partial<Finding> = {}): Finding => ({
  id,
  aliases: [],
  severity: 'high',
  references: [],
  package: { type: 'npm', name: 'lodash', version: '4.17.1', locations: paths.map((path) => ({ path })) },
  ...more,
})
const now = Date.UTC(2026, 5, 15, 12)

describe('an ignore file', () => {
  it('of lines: names, comments, days', () => {
    const { rules, diagnostics } = readIgnoreText(
      sourceFile('.trivyignore', '# all of it\n\nCVE-1\nCVE-2 exp:2026-06-16 # until then\r\n  GHSA-3\nCVE-4 exp:2026-02-30\nCVE-5 exp:soon\nCVE-6 because\n'),
    )
    expect(rules.map(({ id, until }) => [id, until === undefined ? '' : new Date(until).toISOString()])).toEqual([
      ['CVE-1', ''],
      ['CVE-2', '2026-06-16T00:00:00.000Z'],
      ['GHSA-3', ''],
      ['CVE-6', ''],
    ])
    expect(diagnostics.map(({ code, at }) => [code, at?.line])).toEqual([
      ['SCAN_IGNORE_WRONG', 6],
      ['SCAN_IGNORE_WRONG', 7],
      ['SCAN_IGNORE_WRONG', 8],
    ])
  })

  it('of YAML: kinds of findings, paths, package URLs, days, words; what it does not know is an error', () => {
    const text =
      'vulnerabilities:\n  - {id: CVE-1, paths: ["app/**"], statement: no}\n  - {id: CVE-2, expired_at: 2026-06-14}\nmisconfigurations:\n  - id: DS002\n    expired_at: never\n'
    const { rules, diagnostics } = readIgnoreYaml(sourceFile('.trivyignore.yaml', text))
    expect(rules).toMatchObject([
      { id: 'CVE-1', paths: ['app/**'], statement: 'no' },
      { id: 'CVE-2', until: Date.UTC(2026, 5, 14) },
    ])
    expect(diagnostics.map(({ code }) => code)).toEqual(['SCAN_IGNORE_WRONG'])
    expect(readIgnoreYaml(sourceFile('x', 'vulnerability: []\n')).diagnostics.map(({ severity }) => severity)).toContain('error')
  })

  it('hides until its day, by any name of the flaw, and only where every place is meant', () => {
    const at = sourceFile('x', '').span(0)
    const sorted = applyIgnores(
      [
        finding('CVE-1'),
        finding('CVE-2'),
        finding('CVE-3', ['app/a', 'usr/b']),
        finding('CVE-4', ['app/a', 'app/b']),
        finding('CVE-5', [], { aliases: ['GHSA-5'] }),
        finding('CVE-6'),
      ],
      [
        { id: 'CVE-1', until: now + 1, at },
        { id: 'CVE-2', until: now, at },
        { id: 'CVE-3', paths: ['/app/**'], at },
        { id: 'CVE-4', paths: ['/app/**'], at },
        { id: 'GHSA-5', at },
        { id: 'CVE-6', purls: ['pkg:npm/lodash@4.17.1'], at },
        { id: 'CVE-9', until: 0, at },
      ],
      now,
    )
    expect(sorted.ignored.map(({ id }) => id)).toEqual(['CVE-1', 'CVE-4', 'CVE-5', 'CVE-6'])
    expect(sorted.counting.map(({ id }) => id)).toEqual(['CVE-2', 'CVE-3'])
    expect(sorted.notes.map(({ message }) => message)).toEqual([expect.stringContaining('CVE-2')])
    expect(applyIgnores([finding('CVE-6')], [{ id: 'CVE-6', purls: ['pkg:npm/lodash@4.17.2', 'nonsense'], at }], now).ignored).toEqual([])
  })
})

describe('a gate', () => {
  it.each([
    ['none', []],
    ['critical', ['critical']],
    ['high', ['critical', 'high']],
    ['medium', ['critical', 'high', 'medium']],
    ['low', ['critical', 'high', 'medium', 'low', 'unknown']],
    ['info', ['critical', 'high', 'medium', 'low', 'info', 'unknown']],
  ] as const)('at %s holds up %j', (level, held) => {
    const all = severities.map((severity) => finding(severity, [], { severity }))
    expect(heldUp(all, level).map(({ severity }) => severity)).toEqual(held)
  })
})

describe('arguments for trivy', () => {
  it('are words as a shell takes them apart', () => {
    expect(commandWords(`a  "b c" 'd "e'  f\\ g --x="y z" "q\\"r"`)).toEqual(['a', 'b c', 'd "e', 'f g', '--x=y z', 'q"r'])
  })

  it('that say what counts are understood, the others are kept', () => {
    expect(scanArguments('--severity HIGH,CRITICAL --scanners vuln --ignore-unfixed --ignorefile=a.yaml -s LOW')).toEqual({
      severities: ['low'],
      ignoreUnfixed: true,
      ignoreFile: 'a.yaml',
      others: ['--scanners', 'vuln'],
    })
    expect(scanArguments('')).toEqual({ ignoreUnfixed: false, others: [] })
  })
})
