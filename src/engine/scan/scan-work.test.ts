import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fakeImages } from '../../../test/support/fake-images.ts'
import { type RunOptions, runText } from '../../../test/support/run-text.ts'
import { tempProject } from '../../../test/support/temp-project.ts'
import { passingMemory } from '../../adapters/scan-memory/passing-memory.ts'
import { problem } from '../../base/problem.ts'
import type { RemoteImages } from '../../ports/remote-images.ts'
import type { Scanner, ScanRequest } from '../../ports/scanner.ts'
import type { Finding } from '../../scan/finding.ts'
import type { Severity } from '../../scan/severity.ts'

const build = {
  type: 'BuildAndPushDockerRegistry',
  spec: { connectorRef: 'hub', repo: 'acme/app', tags: ['7'], envVariables: { PLUGIN_NO_PUSH: 'true', PLUGIN_TAR_PATH: 'image.tar' } },
}
const push = {
  type: 'BuildAndPushDockerRegistry',
  spec: { connectorRef: 'hub', repo: 'acme/app', tags: ['7'], envVariables: { PLUGIN_PUSH_ONLY: 'true', PLUGIN_SOURCE_TAR_PATH: 'image.tar' } },
}
const archive = {
  mode: 'orchestration',
  config: 'default',
  target: { type: 'container', detection: 'manual', name: 'app', variant: '7', workspace: '/harness/image.tar' },
  image: { type: 'local_archive' },
}

function scan(more: object = {}) {
  return { type: 'AquaTrivy', spec: { ...archive, ...more } }
}

interface Step {
  readonly type: string
  readonly spec: object
  readonly when?: object
}

async function run(steps: Readonly<Record<string, Step>>, o: RunOptions & { readonly files?: Readonly<Record<string, string>> } = {}) {
  const body = Object.entries(steps).map(([identifier, step]) => `              - step: ${JSON.stringify({ identifier, name: identifier, ...step })}\n`)
  const text = `pipeline:\n  identifier: p\n  name: p\n  stages:\n    - stage:\n        identifier: s\n        name: s\n        type: CI\n        spec:\n          platform: {os: Linux}\n          execution:\n            steps:\n${body.join('')}`
  const images = fakeImages()
  const files = Object.fromEntries(Object.entries(o.files ?? {}).map(([name, content]) => [`s/${name}`, content]))
  const workspace = tempProject({ 's/Dockerfile': 'FROM scratch\n', ...files }).dir
  const ran = await runText(text, { images, workspace, ...o })
  const step = (id: string) => ran.view.step(`s/${id}`)
  const outputs = Object.fromEntries((step('scan')?.outputs ?? []).map(({ name, value }) => [name, value]))
  const said = ran.recorded.flatMap(({ event }) => (event.kind === 'step.output' && event.step.endsWith('/scan') ? [event.text] : [])).join('')
  return { ...ran, workspace: join(workspace, 's'), pushed: images.arrived.filter((line) => line.startsWith('registry')), step, outputs, said }
}

function flaw(id: string, severity: Severity, more: Partial<Finding> = {}): Finding {
  return {
    id,
    severity,
    aliases: [],
    references: [],
    package: { type: 'deb', name: 'openssl', version: '3.0.1', locations: [{ path: 'var/lib/dpkg/status', layer: 'sha256:a' }] },
    ...more,
  }
}

/** Finds these in everything. */
function finding(findings: readonly Finding[], asked: ScanRequest[] = []): Scanner {
  return {
    name: 'own',
    check: async () => [],
    async scan(request, { raw }) {
      asked.push(request)
      raw?.('{"own": true}')
      return {
        target: { kind: 'image', name: request.target.name, distribution: { id: 'debian', version: '12' } },
        layers: [{ diffId: 'sha256:a', createdBy: '/bin/sh -c apt-get install openssl' }],
        packages: findings.map((one) => one.package),
        unjudged: [],
        findings,
        scanner: { name: 'own', version: '1' },
        database: { name: 'own database' },
      }
    },
  }
}

describe('a scan step', () => {
  it('lets what is clean go on to the registry, and says how many were found: none', async () => {
    const { outcome, pushed, outputs, step } = await run(
      { build, scan: scan({ advanced: { fail_on_severity: 'low' } }), push },
      { scan: { scanner: finding([]) } },
    )
    expect(outcome).toEqual({ kind: 'passed' })
    expect(pushed).toHaveLength(1)
    expect(outputs).toMatchObject({ CRITICAL: '0', TOTAL: '0', NEW_TOTAL: '0', IGNORED: '0' })
    expect(step('scan')?.scan).toMatchObject({ target: 'app', variant: '7', gate: { level: 'low', held: 0 }, findings: [] })
  })

  it('fails at the severity or worse: the push is skipped, and nothing reaches a registry', async () => {
    const found = [flaw('CVE-1', 'critical', { fixedVersion: '3.0.2' }), flaw('CVE-2', 'low')]
    const ran = await run({ build, scan: scan({ advanced: { fail_on_severity: 'high' } }), push }, { scan: { scanner: finding(found) } })
    expect([ran.pushed, ran.statuses]).toEqual([[], { 's/build': 'passed', 's/scan': 'failed', 's/push': 'skipped' }])
    expect(ran.step('scan')?.outcome).toMatchObject({
      kind: 'failed',
      problem: { code: 'SCAN_GATE_FAILED', message: expect.stringContaining('CVE-1 (critical) in openssl 3.0.1') },
    })
    expect(ran.outputs).toMatchObject({ CRITICAL: '1', HIGH: '0', LOW: '1', TOTAL: '2', NEW_TOTAL: '2' })
    expect(ran.said).toMatch(/critical \* +CVE-1 +openssl +3\.0\.1 +3\.0\.2 +layer 1: apt-get install openssl/)
  })

  it.each([
    ['none', 'passed'],
    ['critical', 'passed'],
    ['high', 'failed'],
    ['medium', 'failed'],
    ['low', 'failed'],
    ['info', 'failed'],
  ])('with fail_on_severity %s and something high: %s', async (level, status) => {
    const { statuses } = await run({ build, scan: scan({ advanced: { fail_on_severity: level } }) }, { scan: { scanner: finding([flaw('CVE-1', 'high')]) } })
    expect(statuses['s/scan']).toBe(status)
  })

  it('gives numbers that conditions of later steps reckon with', async () => {
    const when = { stageStatus: 'Success', condition: '<+steps.scan.output.outputVariables.CRITICAL> == 0' }
    const clean = await run({ build, scan: scan(), push: { ...push, when } }, { scan: { scanner: finding([flaw('CVE-2', 'low')]) } })
    expect(clean.statuses['s/push']).toBe('passed')
    const bad = await run({ build, scan: scan(), push: { ...push, when } }, { scan: { scanner: finding([flaw('CVE-1', 'critical')]) } })
    expect([bad.statuses['s/scan'], bad.statuses['s/push'], bad.pushed]).toEqual(['passed', 'skipped', []])
  })

  it('says what is new since the last scan of the target and its variant, and compares with a baseline where one is set', async () => {
    const memory = passingMemory()
    const scanWith = async (found: readonly Finding[], variant: string, baselines = new Map<string, string>()) =>
      (await run({ build, scan: scan({ target: { ...archive.target, variant } }) }, { scan: { scanner: finding(found), memory, baselines } })).outputs
    const [old, later, other] = [flaw('CVE-1', 'high'), flaw('CVE-2', 'critical'), flaw('CVE-3', 'low')]
    expect(await scanWith([old], 'main')).toMatchObject({ NEW_HIGH: '1', NEW_TOTAL: '1' })
    const updated = { ...old, package: { ...old.package, version: '3.0.9' } }
    expect(await scanWith([later, updated], 'main')).toMatchObject({ HIGH: '1', NEW_HIGH: '0', CRITICAL: '1', NEW_CRITICAL: '1', NEW_TOTAL: '1' })
    expect(await scanWith([later, old], 'r8')).toMatchObject({ NEW_TOTAL: '2' })
    expect(await scanWith([later, old, other], 'r9', new Map([['app', 'main']]))).toMatchObject({ TOTAL: '3', NEW_TOTAL: '1', NEW_LOW: '1' })
  })

  it('counts what an ignore file names as ignored, until its day, and says so when that has come', async () => {
    const files = { '.trivyignore': 'CVE-1 exp:2999-01-01\nCVE-2 exp:2001-01-01\nCVE-9\nCVE-3 soon\n' }
    const found = [flaw('CVE-1', 'critical'), flaw('CVE-2', 'high'), flaw('CVE-3', 'low')]
    const ran = await run({ build, scan: scan({ advanced: { fail_on_severity: 'critical' } }) }, { files, scan: { scanner: finding(found) } })
    expect([ran.statuses['s/scan'], ran.outputs]).toEqual(['passed', expect.objectContaining({ CRITICAL: '0', HIGH: '1', LOW: '0', IGNORED: '2', TOTAL: '1' })])
    expect(ran.step('scan')?.notes.map(({ code }) => code)).toEqual(['SCAN_IGNORE_WRONG', 'SCAN_IGNORE_ENDED'])
  })

  it('takes a YAML ignore file with paths, and one that the arguments name, and only severities that they name', async () => {
    const yaml = 'vulnerabilities:\n  - {id: CVE-1, paths: ["usr/**"]}\n  - {id: CVE-2, purls: ["pkg:deb/debian/openssl"], statement: not reachable}\n'
    const found = [flaw('CVE-1', 'critical'), flaw('CVE-2', 'high'), flaw('CVE-3', 'low'), flaw('CVE-4', 'critical')]
    const cli = '--severity CRITICAL,HIGH --ignorefile "my rules.yaml" --ignore-unfixed=false'
    const { outputs } = await run(
      { build, scan: scan({ advanced: { args: { cli } } }) },
      { files: { 'my rules.yaml': yaml }, scan: { scanner: finding(found) } },
    )
    expect(outputs).toMatchObject({ CRITICAL: '2', HIGH: '0', LOW: '0', IGNORED: '1', TOTAL: '2' })
    const gone = await run({ build, scan: scan({ advanced: { args: { cli: '--ignorefile none' } } }) }, { scan: { scanner: finding([]) } })
    expect(gone.step('scan')?.outcome).toMatchObject({ problem: { code: 'SCAN_IGNORE_UNREADABLE' } })
  })

  it('is an error without a database, and by the word of the configuration no scan: never one that found nothing', async () => {
    const scanner: Scanner = {
      ...finding([]),
      scan: async () => {
        throw problem('SCAN_DATABASE_MISSING', { scanner: 'own', reason: 'there is none', remedy: 'get one' })
      },
    }
    const failed = await run({ build, scan: scan(), push }, { scan: { scanner } })
    expect([failed.statuses['s/scan'], failed.pushed, failed.outputs]).toEqual(['errored', [], {}])
    const skipped = await run({ build, scan: scan(), push }, { scan: { scanner, withoutDatabase: 'not-scanned' } })
    expect([skipped.statuses['s/scan'], skipped.outputs, skipped.pushed.length]).toEqual(['skipped', {}, 1])
    expect(skipped.step('scan')).toMatchObject({
      outcome: { because: expect.stringContaining('not scanned') },
      notes: [{ code: 'SCAN_NOT_DONE', severity: 'warning' }],
    })
    expect(skipped.step('scan')?.scan).toBeUndefined()
  })

  it('leaves the raw report and a bill of materials in the workspace, and says where', async () => {
    const more = { advanced: { include_raw: true }, sbom: { generate: true, format: 'cyclonedx-json' } }
    const { workspace, outputs, step } = await run({ build, scan: scan(more) }, { scan: { scanner: finding([flaw('CVE-1', 'low')]) } })
    expect(readFileSync(join(workspace, 'scan.raw.json'), 'utf8')).toBe('{"own": true}')
    expect(JSON.parse(readFileSync(join(workspace, 'scan.cdx.json'), 'utf8'))).toMatchObject({
      bomFormat: 'CycloneDX',
      components: [{ type: 'operating-system' }, { name: 'openssl' }],
    })
    expect([outputs['SBOM_PATH'], step('scan')?.files.map(({ path }) => path)]).toEqual([
      '/harness/scan.cdx.json',
      ['/harness/scan.raw.json', '/harness/scan.cdx.json'],
    ])
    const without = await run({ build, scan: scan() }, { scan: { scanner: finding([]) } })
    expect([without.outputs['SBOM_PATH'], existsSync(join(without.workspace, 'scan.raw.json'))]).toEqual([undefined, false])
  })

  it('reads results that a step before it wrote', async () => {
    const report = {
      SchemaVersion: 2,
      ArtifactName: 'acme/app:7',
      Results: [{ Target: 'x', Type: 'npm', Vulnerabilities: [{ VulnerabilityID: 'CVE-1', PkgName: 'lodash', InstalledVersion: '1', Severity: 'HIGH' }] }],
    }
    const spec = {
      mode: 'ingestion',
      config: 'default',
      target: { type: 'container', detection: 'auto' },
      ingestion: { file: 'out/results.json' },
      advanced: { fail_on_severity: 'high' },
    }
    const ran = await run({ scan: { type: 'AquaTrivy', spec }, push }, { files: { 'out/results.json': JSON.stringify(report) } })
    expect([ran.statuses, ran.outputs['HIGH']]).toEqual([{ 's/scan': 'failed', 's/push': 'skipped' }, '1'])
    expect(ran.step('scan')?.scan).toMatchObject({ target: 'docker.io/acme/app', variant: '7' })
    for (const text of ['', '{}', 'no json', '[]', '{"SchemaVersion": 1}', '{"SchemaVersion": 2, "Results": 5}', '{"version": "2.1.0"}']) {
      const wrong = await run({ scan: { type: 'AquaTrivy', spec } }, { files: { 'out/results.json': text } })
      expect(wrong.step('scan')?.outcome, text).toMatchObject({ kind: 'errored', problem: { code: 'SCAN_RESULTS_UNREADABLE' } })
    }
    const missing = await run({ scan: { type: 'AquaTrivy', spec } })
    expect(missing.step('scan')?.outcome).toMatchObject({ problem: { code: 'SCAN_RESULTS_UNREADABLE', message: expect.stringContaining('no such file') } })
  })

  it('takes the newest results that a registry keeps with the image', async () => {
    const results = (id: string, created: string) => ({
      artifactType: 'application/sarif+json',
      digest: `sha256:${id}`,
      created,
      text: async () =>
        JSON.stringify({
          version: '2.1.0',
          runs: [{ tool: { driver: { name: 'Grype' } }, results: [{ ruleId: id, level: 'error', message: { text: 'x' } }] }],
        }),
    })
    const asked: string[] = []
    const remoteImages: RemoteImages = {
      open: async () => expect.fail('nothing is to be scanned'),
      attached: async (ref) => {
        asked.push(ref)
        return ref.endsWith(':none')
          ? [{ ...results('S', ''), artifactType: 'application/spdx+json' }]
          : [results('CVE-OLD', '2026-01-01T00:00:00Z'), results('CVE-NEW', '2026-02-01T00:00:00Z')]
      },
    }
    const spec = (tag: string) => ({
      mode: 'extraction',
      config: 'default',
      target: { type: 'container', detection: 'auto' },
      image: { type: 'docker_v2', domain: 'ghcr.io', name: 'acme/app', tag },
    })
    const { step } = await run({ scan: { type: 'AquaTrivy', spec: spec('7') } }, { remoteImages })
    expect(step('scan')?.scan).toMatchObject({ target: 'ghcr.io/acme/app', variant: '7', findings: [{ id: 'CVE-NEW', severity: 'high' }] })
    const none = await run({ scan: { type: 'AquaTrivy', spec: spec('none') } }, { remoteImages })
    expect(none.step('scan')?.outcome).toMatchObject({ problem: { code: 'SCAN_RESULTS_NOWHERE', message: expect.stringContaining('application/spdx+json') } })
    expect(asked).toEqual(['ghcr.io/acme/app:7', 'ghcr.io/acme/app:none'])
  })

  it('opens images of the store, of registries with their login, folders and bills of materials', async () => {
    const asked: ScanRequest[] = []
    const uses: unknown[] = []
    const images = fakeImages()
    const remoteImages: RemoteImages = {
      open: async (ref, { use }) => {
        uses.push([ref, use.settings])
        return images.remoteImages.open('acme/app:7', { use, signal: new AbortController().signal })
      },
      attached: async () => [],
    }
    const one = (image: object, target: object = {}, config = 'default') => ({
      type: 'AquaTrivy',
      spec: { mode: 'orchestration', config, target: { type: 'container', detection: 'auto', ...target }, image },
    })
    const ecr = {
      type: 'aws_ecr',
      domain: '1.dkr.ecr.eu-west-1.amazonaws.com',
      name: 'app',
      tag: '7',
      region: 'eu-west-1',
      access_id: 'AKIA',
      access_token: '<+secrets.getValue("aws")>',
    }
    const { outcome, recorded } = await run(
      {
        build,
        stored: one({ type: 'local_image', name: 'acme/app', tag: '7' }),
        hub: one({ type: 'docker_v2', name: 'acme/app', tag: '7' }),
        ecr: one(ecr),
        jfrog: one({ type: 'jfrog_artifactory', domain: 'https://acme.jfrog.io/', name: 'docker/app:7', access_id: 'me', access_token: 'pass-word' }),
        fs: one({ type: 'local_archive' }, { workspace: 'src' }, 'fs'),
        sbom: one({ type: 'local_archive' }, { workspace: 'bill.json' }, 'sbom'),
      },
      { images, remoteImages, scan: { scanner: finding([], asked) }, secrets: { aws: 's3cret-key' } },
    )
    expect(outcome).toEqual({ kind: 'passed' })
    expect(asked.map(({ target }) => [target.kind, target.name])).toEqual([
      ['image', 'acme/app:7'],
      ['image', 'acme/app:7'],
      ['image', '1.dkr.ecr.eu-west-1.amazonaws.com/app:7'],
      ['image', 'acme.jfrog.io/docker/app:7'],
      ['folder', 'src'],
      ['sbom', 'bill.json'],
    ])
    expect(uses).toEqual([
      ['acme/app:7', {}],
      ['1.dkr.ecr.eu-west-1.amazonaws.com/app:7', { accessKey: 'AKIA', secretKey: 's3cret-key' }],
      ['acme.jfrog.io/docker/app:7', { username: 'me', password: 'pass-word' }],
    ])
    expect(JSON.stringify(recorded)).not.toMatch(/pass-word|s3cret-key/)
  })

  it.each([
    ['debug', ['INFO one', 'WARN two', 'FATAL three']],
    ['info', ['INFO one', 'WARN two', 'FATAL three']],
    ['warning', ['WARN two', 'FATAL three']],
    ['error', ['FATAL three']],
  ])('hands arguments and variables on, and tells of what the scanner says as much as the level %s wants', async (level, heard) => {
    const asked: ScanRequest[] = []
    const own = finding([], asked)
    const scanner: Scanner = {
      ...own,
      async scan(request, s) {
        for (const line of ['INFO one', 'WARN two', 'FATAL three', 'INFO a s3cret-key']) s.say?.(line)
        return own.scan(request, s)
      },
    }
    const spec = {
      advanced: { log: { level }, args: { cli: '--scanners vuln --ignore-unfixed' } },
      envVariables: { TRIVY_INSECURE: 'true', KEY: '<+secrets.getValue("key")>' },
    }
    const { said } = await run({ build, scan: scan(spec) }, { scan: { scanner }, secrets: { key: 's3cret-key' } })
    expect(said.split('\n').filter((line) => /^(INFO|WARN|FATAL)/.test(line) && !line.includes(' a '))).toEqual(heard)
    expect(said).not.toContain('s3cret')
    expect(asked[0]).toMatchObject({
      arguments: ['--scanners', 'vuln'],
      env: { TRIVY_INSECURE: 'true', KEY: 's3cret-key', ...(level === 'debug' && { TRIVY_DEBUG: 'true' }) },
    })
  })

  it('pretends on infrastructure fake what FAKE_FINDINGS says', async () => {
    const { statuses, outputs } = await run({
      build,
      scan: scan({ advanced: { fail_on_severity: 'critical' }, envVariables: { FAKE_FINDINGS: 'critical=2, low' } }),
      push,
    })
    expect([statuses['s/scan'], statuses['s/push'], outputs['CRITICAL'], outputs['LOW']]).toEqual(['failed', 'skipped', '2', '1'])
  })
})
