import { describe, expect, it } from 'vitest'
import type { Finding } from './finding.ts'
import { readResults } from './read-results.ts'

function read(json: unknown) {
  const answer = readResults(typeof json === 'string' ? json : JSON.stringify(json), { name: 'results.json' })
  return answer.ok ? answer : expect.fail(answer.reason)
}

function shown(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ severity, id, fixedVersion, package: one }) =>
    [
      severity,
      id,
      one.type,
      one.name,
      one.version,
      fixedVersion ?? '-',
      one.locations.map(({ path, layer }) => [path, layer].filter(Boolean).join('@')).join('+'),
    ].join(' '),
  )
}

/** As versions before 0.48 write it: no package URLs, no status, a list that is null. */
const old = {
  SchemaVersion: 2,
  ArtifactName: 'image.tar',
  ArtifactType: 'container_image',
  Metadata: { OS: { Family: 'debian', Name: '12.4' }, DiffIDs: ['sha256:a', 'sha256:b'] },
  Results: [
    {
      Target: 'image.tar (debian 12.4)',
      Class: 'os-pkgs',
      Type: 'debian',
      Vulnerabilities: [
        {
          VulnerabilityID: 'CVE-2',
          PkgName: 'libssl3',
          InstalledVersion: '3.0.11-1',
          FixedVersion: '3.0.13-1',
          Layer: { Digest: 'sha256:1', DiffID: 'sha256:a' },
          Severity: 'CRITICAL',
        },
        { VulnerabilityID: 'CVE-1', PkgName: 'bash', InstalledVersion: '5.2', Layer: { DiffID: 'sha256:a' }, Severity: 'UNKNOWN' },
      ],
    },
    { Target: 'Node.js', Class: 'lang-pkgs', Type: 'node-pkg', Vulnerabilities: null },
  ],
}

/** As versions of today do, with what they were told to leave out. */
const current = {
  SchemaVersion: 2,
  Trivy: { Version: '0.69.1' },
  ReportID: '0199',
  CreatedAt: '2026-01-01T00:00:00Z',
  ArtifactID: 'sha256:f',
  ArtifactName: 'ghcr.io/acme/app:1',
  ArtifactType: 'container_image',
  Metadata: {
    OS: { Family: 'alpine', Name: '3.20.1' },
    RepoDigests: ['ghcr.io/acme/app@sha256:d'],
    DiffIDs: ['sha256:a', 'sha256:b'],
    Layers: [{ Size: 1, DiffID: 'sha256:a' }],
    ImageConfig: {
      os: 'linux',
      architecture: 'arm64',
      history: [{ created_by: 'ADD x' }, { created_by: 'ENV a=b', empty_layer: true }, { created_by: 'RUN y' }],
    },
  },
  Results: [
    {
      Target: 'Node.js',
      Class: 'lang-pkgs',
      Type: 'node-pkg',
      Packages: [
        {
          Name: '@acme/ui',
          Identifier: { PURL: 'pkg:npm/%40acme/ui@1.0.0' },
          Version: '1.0.0',
          Licenses: ['MIT'],
          Layer: { DiffID: 'sha256:b' },
          FilePath: 'app/node_modules/@acme/ui/package.json',
        },
      ],
      Vulnerabilities: [
        {
          VulnerabilityID: 'CVE-3',
          VendorIDs: ['GHSA-x'],
          PkgName: '@acme/ui',
          PkgPath: 'app/node_modules/@acme/ui/package.json',
          PkgIdentifier: { PURL: 'pkg:npm/%40acme/ui@1.0.0', UID: 'f00' },
          InstalledVersion: '1.0.0',
          FixedVersion: '1.0.1, 2.0.0',
          Status: 'fixed',
          Layer: { DiffID: 'sha256:b' },
          SeveritySource: 'ghsa',
          PrimaryURL: 'https://avd.example/CVE-3',
          References: ['https://avd.example/CVE-3', 'https://other.example'],
          Title: 'a flaw',
          Severity: 'MEDIUM',
          CVSS: { nvd: { V3Vector: 'CVSS:3.1/N', V3Score: 9.8 }, ghsa: { V3Vector: 'CVSS:3.1/G', V3Score: 5.3 } },
        },
      ],
      ExperimentalModifiedFindings: [
        {
          Type: 'vulnerability',
          Status: 'ignored',
          Source: '.trivyignore',
          Finding: { VulnerabilityID: 'CVE-4', PkgName: 'left', InstalledVersion: '1', Severity: 'HIGH' },
        },
      ],
    },
    {
      Target: 'Dockerfile',
      Class: 'config',
      Type: 'dockerfile',
      Misconfigurations: [
        { ID: 'DS002', AVDID: 'AVD-DS-0002', Title: 'root', Severity: 'HIGH', Status: 'FAIL', PrimaryURL: 'https://x.example' },
        { ID: 'DS001', Severity: 'LOW', Status: 'PASS' },
      ],
    },
    { Target: '/app/key.pem', Class: 'secret', Secrets: [{ RuleID: 'private-key', Title: 'a key', Severity: 'HIGH', Match: '*****' }] },
    { Target: 'OS Packages', Class: 'license', Licenses: [{ Name: 'AGPL-3.0', PkgName: 'left', Severity: 'CRITICAL', Category: 'forbidden' }] },
  ],
}

describe('the JSON of trivy', () => {
  it('of old versions, with lists that are null', () => {
    const { report, form, suppressed } = read(old)
    expect([form, suppressed]).toEqual(['trivy', []])
    expect(shown(report.findings)).toEqual([
      'critical CVE-2 deb libssl3 3.0.11-1 3.0.13-1 var/lib/dpkg/status@sha256:a',
      'unknown CVE-1 deb bash 5.2 - var/lib/dpkg/status@sha256:a',
    ])
    expect(report.target).toEqual({ kind: 'image', name: 'image.tar', distribution: { id: 'debian', version: '12.4' } })
  })

  it('of current versions: packages, other names, scores, layers, and what else it finds', () => {
    const { report, suppressed } = read(current)
    expect(shown(report.findings)).toEqual([
      'critical AGPL-3.0 generic left  - left',
      'high DS002 generic Dockerfile  - Dockerfile',
      'high private-key generic app/key.pem  - app/key.pem',
      'medium CVE-3 npm @acme/ui 1.0.0 1.0.1, 2.0.0 app/node_modules/@acme/ui/package.json@sha256:b',
    ])
    expect(report.findings.at(-1)).toMatchObject({
      aliases: ['GHSA-x'],
      cvss: { vector: 'CVSS:3.1/G', score: 5.3 },
      references: ['https://avd.example/CVE-3', 'https://other.example'],
    })
    expect(report.packages).toEqual([expect.objectContaining({ type: 'npm', name: '@acme/ui', licenses: ['MIT'] })])
    expect(report.layers.map(({ createdBy }) => createdBy)).toEqual(['ADD x', 'RUN y'])
    expect([report.scanner, report.target.digest, report.target.platform]).toEqual([{ name: 'trivy', version: '0.69.1' }, 'sha256:d', 'linux/arm64'])
    expect(shown(suppressed)).toEqual(['high CVE-4 npm left 1 - Node.js'])
  })

  it('of a clean image, without any list of results, and of the time before schema 2', () => {
    expect(read({ SchemaVersion: 2, ArtifactName: 'x', Results: null }).report.findings).toEqual([])
    expect(read({ SchemaVersion: 2, ArtifactName: 'x' }).report.findings).toEqual([])
    expect(shown(read(old.Results).report.findings)).toHaveLength(2)
  })

  it('names a flaw of a package once, with all its places', () => {
    const [result] = current.Results
    const [one] = result?.Vulnerabilities ?? []
    const twice = { ...current, Results: [{ ...result, Vulnerabilities: [one, { ...one, PkgPath: 'other/package.json' }] }] }
    expect(shown(read(twice).report.findings)).toEqual([
      'medium CVE-3 npm @acme/ui 1.0.0 1.0.1, 2.0.0 app/node_modules/@acme/ui/package.json@sha256:b+other/package.json@sha256:b',
    ])
  })
})

const rule = (id: string, more: object = {}) => ({ id, shortDescription: { text: `about ${id}` }, helpUri: `https://x.example/${id}`, ...more })
const at = (uri: string) => [{ physicalLocation: { artifactLocation: { uri } } }]
const ofTrivy = 'Package: libssl3\nInstalled Version: 3.0.11\nVulnerability CVE-1\nSeverity: CRITICAL\nFixed Version: 3.0.13\nLink: [CVE-1](https://x)'
const sarif = {
  $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
  version: '2.1.0',
  runs: [
    {
      tool: {
        driver: {
          name: 'Trivy',
          version: '0.50.0',
          rules: [
            rule('CVE-1'),
            rule('CVE-2', { properties: { 'security-severity': '7.5' } }),
            rule('CVE-3', { properties: { tags: ['security', 'LOW'] } }),
            rule('CVE-4'),
            rule('CVE-5', { defaultConfiguration: { level: 'error' } }),
          ],
        },
      },
      results: [
        { ruleId: 'CVE-1', level: 'note', message: { text: ofTrivy }, locations: at('library/app') },
        {
          ruleIndex: 1,
          message: { text: 'x' },
          locations: at('file:///app/package%20lock.json'),
          properties: { purl: 'pkg:npm/%40acme/ui@1.2.3', fixedVersion: '1.2.4' },
        },
        { rule: { id: 'CVE-3' }, message: { text: 'x' }, locations: at('a.txt') },
        { ruleId: 'CVE-4', message: { text: 'x' }, suppressions: [{ kind: 'external', status: 'accepted' }] },
        { ruleId: 'CVE-5', message: { text: 'x' }, suppressions: [{ kind: 'external', status: 'rejected' }] },
        { ruleId: 'CVE-6', kind: 'pass', message: { text: 'x' } },
      ],
    },
  ],
}

describe('SARIF', () => {
  it('severities from words, scores, tags and levels; packages from the words of trivy and from properties', () => {
    const { report, form, suppressed } = read(sarif)
    expect(form).toBe('sarif')
    expect(shown(report.findings)).toEqual([
      'critical CVE-1 generic libssl3 3.0.11 3.0.13 library/app',
      'high CVE-5 generic Trivy  - ',
      'high CVE-2 npm @acme/ui 1.2.3 1.2.4 app/package lock.json',
      'low CVE-3 generic a.txt  - a.txt',
    ])
    expect(shown(suppressed)).toEqual(['medium CVE-4 generic Trivy  - '])
    expect(report.scanner).toEqual({ name: 'trivy', version: '0.50.0' })
  })
})

it.each<[string, unknown, RegExp]>([
  ['nothing at all', '', /empty/],
  ['no JSON', '{"SchemaVersion": 2', /no JSON/],
  ['an object that is something else', {}, /neither/],
  ['a list of nothing', [], /neither/],
  ['another schema', { SchemaVersion: 3, Results: [] }, /SchemaVersion is 3/],
  ['results that are no list', { SchemaVersion: 2, Results: {} }, /Results/],
  ['a vulnerability without a name', { SchemaVersion: 2, Results: [{ Vulnerabilities: [{ PkgName: 'x' }] }] }, /VulnerabilityID/],
  ['SARIF without a tool', { version: '2.1.0', runs: [{ results: [] }] }, /tool/],
  ['an old SARIF', { version: '1.0.0', runs: [] }, /1\.0\.0/],
])('a file with %s is no report without findings', (_what, json, reason) => {
  const answer = readResults(typeof json === 'string' ? json : JSON.stringify(json), { name: 'x' })
  expect(answer).toEqual({ ok: false, reason: expect.stringMatching(reason) })
})
