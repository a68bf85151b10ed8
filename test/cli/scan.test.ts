/** `slipway scan` and the scan step as people start them, with a script in the place of trivy: what they say, and how they end. */
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { writeArchive } from '../../src/media/write-archive.ts'
import { madeImage } from '../support/made-image.ts'
import { slipwayHere } from '../support/slipway-here.ts'
import { tempProject } from '../support/temp-project.ts'
import { writeVulnerabilityDb } from '../support/trivy/vulnerability-db.ts'

const script = `#!/bin/sh
here=$(dirname "$0")
while [ $# -gt 0 ]; do [ "$1" = --output ] && cp "$here/report.json" "$2"; shift; done
exit 9
`
const config = { scan: { scanner: 'trivy', trivy: 'trivy', trivyCache: 'cache' } }

let dir: string
beforeAll(async () => {
  dir = tempProject({
    trivy: script,
    '.slipway/config.yaml': JSON.stringify(config),
    'rules.yaml': 'vulnerabilities: [{id: CVE-2026-1}]\n',
    '.trivyignore': 'CVE-2026-3\n',
  }).dir
  chmodSync(join(dir, 'trivy'), 0o755)
  writeVulnerabilityDb(join(dir, 'cache'), [{ id: 'CVE-2026-1', severity: 'HIGH', in: 'npm', package: 'left', fixed: '2' }])
  const image = await madeImage([{ files: { 'app/node_modules/left/package.json': '{"name": "left", "version": "1.0.0"}' } }])
  await writeArchive(join(dir, 'image.tar'), [{ view: image, refs: [] }], { signal: new AbortController().signal, durability: 'fast' })
  const { diff_ids: diffIds } = (await image.config()).rootfs
  const flaw = (VulnerabilityID: string, Severity: string, more: object = {}) => ({
    VulnerabilityID,
    PkgName: 'left',
    PkgPath: 'app/node_modules/left/package.json',
    InstalledVersion: '1.0.0',
    Severity,
    Layer: { DiffID: diffIds[0] },
    PrimaryURL: `https://flaws.example/${VulnerabilityID}`,
    ...more,
  })
  const results = [
    {
      Target: 'Node.js',
      Class: 'lang-pkgs',
      Type: 'node-pkg',
      Packages: [{ Name: 'left', Version: '1.0.0', FilePath: 'app/node_modules/left/package.json', Layer: { DiffID: diffIds[0] } }],
      Vulnerabilities: [
        flaw('CVE-2026-1', 'HIGH', { FixedVersion: '2.0.0', Title: 'a <flaw> & "more"' }),
        flaw('CVE-2026-2', 'LOW'),
        flaw('CVE-2026-3', 'CRITICAL'),
      ],
    },
  ]
  writeFileSync(join(dir, 'report.json'), JSON.stringify({ SchemaVersion: 2, ArtifactName: 'x', Metadata: { DiffIDs: diffIds }, Results: results }))
})

const scan = (...argv: readonly string[]) =>
  slipwayHere(dir, { SLIPWAY_HOME: join(dir, 'home'), PATH: process.env['PATH'] ?? '' }, 'scan', 'image.tar', ...argv)

describe('slipway scan', () => {
  it('shows a table: the worst first, what fixes it, the layer, and what was ignored', async () => {
    const { code, out, err } = await scan()
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/^image\.tar \(1 package\)\nscanned by trivy with .*cache\/db of 20\d\d-/)
    expect(out).toMatch(/high +CVE-2026-1 +left +1\.0\.0 +2\.0\.0 +layer 1\nlow +CVE-2026-2 +left +1\.0\.0 +- +layer 1\n\nfound: 1 high, 1 low; ignored: 1\n$/)
    expect((await scan('--group', 'layer')).out).toContain('\nlayer 1\nhigh ')
    expect((await scan('--group', 'package')).out).toContain('\nleft 1.0.0 (npm)\nhigh ')
  })

  it.each([
    ['none', 0],
    ['critical', 0],
    ['high', 1],
    ['low', 1],
  ] as const)('--fail-on %s ends with %i', async (level, ends) => {
    const { code, err } = await scan('--fail-on', level)
    expect([code, err]).toEqual([ends, ends === 0 ? '' : expect.stringContaining(`${level} or worse`)])
  })

  it('leaves out what nothing fixes, and what another ignore file names', async () => {
    expect((await scan('--ignore-unfixed')).out).toContain('found: 1 high; ignored: 0'.replace('; ignored: 0', ''))
    const other = await scan('--ignore-file', 'rules.yaml', '--fail-on', 'high')
    expect([other.code, other.out]).toEqual([1, expect.stringContaining('found: 1 critical, 1 low; ignored: 1')])
    expect(await scan('--ignore-file', 'nowhere')).toMatchObject({ code: 1, err: expect.stringContaining('SCAN_IGNORE_UNREADABLE') })
  })

  it('writes JSON, SARIF, CycloneDX and JUnit, to a file where one is named', async () => {
    const json = JSON.parse((await scan('--format', 'json')).out)
    expect(json).toMatchObject({
      counts: { high: 1, low: 1 },
      findings: [{ id: 'CVE-2026-1' }, { id: 'CVE-2026-2' }],
      ignored: [{ id: 'CVE-2026-3' }],
      failed: false,
    })
    const { code, out } = await scan('--format', 'sarif', '-o', 'out.sarif')
    expect([code, out]).toEqual([0, ''])
    const [run] = JSON.parse(readFileSync(join(dir, 'out.sarif'), 'utf8')).runs
    expect(
      run.results.map(({ ruleId, level, suppressions }: { ruleId: string; level: string; suppressions?: object[] }) => [
        ruleId,
        level,
        suppressions?.length ?? 0,
      ]),
    ).toEqual([
      ['CVE-2026-1', 'error', 0],
      ['CVE-2026-2', 'note', 0],
      ['CVE-2026-3', 'error', 1],
    ])
    expect(run.tool.driver.rules[0]).toMatchObject({
      id: 'CVE-2026-1',
      helpUri: 'https://flaws.example/CVE-2026-1',
      properties: { 'security-severity': '7.0' },
    })
    expect(JSON.parse((await scan('--format', 'cyclonedx')).out)).toMatchObject({
      bomFormat: 'CycloneDX',
      vulnerabilities: [{ id: 'CVE-2026-1', affects: [{ ref: 'pkg:npm/left@1.0.0' }] }, {}],
    })
    const junit = (await scan('--format', 'junit', '--fail-on', 'high')).out
    expect(junit).toMatch(/<testsuite name="image\.tar" tests="3" failures="1" skipped="1" errors="0">/)
    expect(junit).toContain('a &lt;flaw&gt; &amp; &quot;more&quot;; fixed in 2.0.0')
  })

  it('what it writes as SARIF it reads again as the same findings', async () => {
    const { readResults } = await import('../../src/scan/read-results.ts')
    const read = readResults((await scan('--format', 'sarif')).out, { name: 'x' })
    const shown = (list: readonly { id: string; severity: string; package: { type: string; name: string; version: string } }[]) =>
      list.map(({ id, severity, package: one }) => [id, severity, one.type, one.name, one.version])
    expect(read.ok && [shown(read.report.findings), shown(read.suppressed)]).toEqual([
      [
        ['CVE-2026-1', 'high', 'npm', 'left', '1.0.0'],
        ['CVE-2026-2', 'low', 'npm', 'left', '1.0.0'],
      ],
      [['CVE-2026-3', 'critical', 'npm', 'left', '1.0.0']],
    ])
  })

  it('is an error without a database, and for what is no image', async () => {
    const { dir: bare } = tempProject({
      '.slipway/config.yaml': JSON.stringify({ scan: { ...config.scan, trivy: join(dir, 'trivy') } }),
      'image.tar': 'x'.repeat(4096),
    })
    const env = { SLIPWAY_HOME: join(bare, 'home') }
    expect(await slipwayHere(bare, env, 'scan', 'image.tar')).toMatchObject({ code: 1, out: '', err: expect.stringContaining('SCAN_DATABASE_MISSING') })
    writeVulnerabilityDb(join(bare, 'cache'), [{ id: 'CVE-1', severity: 'LOW', in: 'npm', package: 'x', fixed: '1' }])
    expect(await slipwayHere(bare, env, 'scan', 'image.tar')).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/\[(TAR|ARCHIVE)_\w+\]/) })
  })

  it('says what it takes', async () => {
    const { code, out } = await slipwayHere(dir, {}, 'scan', '--help')
    expect([code, out]).toEqual([0, expect.stringContaining('--fail-on')])
  })
})

it('a run keeps what its scan found: in the log, in the closing words, and in the history', async () => {
  const spec = {
    mode: 'orchestration',
    config: 'default',
    target: { type: 'container', detection: 'manual', name: 'app', variant: '1', workspace: 'image.tar' },
    advanced: { fail_on_severity: 'high' },
  }
  const steps = [
    { step: { identifier: 'scan', name: 'scan', type: 'AquaTrivy', spec } },
    { step: { identifier: 'after', name: 'after', type: 'Run', spec: { shell: 'Sh', command: 'echo went on' } } },
  ]
  const stage = { identifier: 's', name: 's', type: 'CI', spec: { cloneCodebase: true, platform: { os: 'Linux', arch: 'Amd64' }, execution: { steps } } }
  writeFileSync(join(dir, 'p.yaml'), JSON.stringify({ pipeline: { identifier: 'p', name: 'p', stages: [{ stage }] } }))
  const env = { SLIPWAY_HOME: tempProject().dir, PATH: process.env['PATH'] ?? '' }
  const { code, out } = await slipwayHere(dir, env, 'run', 'p.yaml', '--output', 'plain')
  expect([code, out]).toEqual([1, expect.stringContaining('[SCAN_GATE_FAILED]')])
  expect(out).not.toContain('went on')
  expect(out).toContain('2 flaws in 1 package of image.tar: 1 high, 1 low; 1 ignored; 1 too bad (high)')
  const shown = await slipwayHere(dir, env, 'runs', 'show', 'last')
  expect(shown.out).toMatch(/scans\n {2}s\/scan {2}2 flaws.*\n {4}high {5}CVE-2026-1 {2}left 1\.0\.0 {2}fixed in 2\.0\.0, by layer 1, new/)
  const json = JSON.parse((await slipwayHere(dir, env, 'runs', 'show', 'last', '--json')).out)
  expect(JSON.stringify(json)).toContain('"CVE-2026-2"')
}, 60_000)
