/** The real trivy keeps what every scanner promises, and is stopped before it says that all is well because it knows nothing. */
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { describe, expect, it } from 'vitest'
import { findTrivy } from '../../../src/adapters/scanners/trivy/find-trivy.ts'
import { trivyScanner } from '../../../src/adapters/scanners/trivy/trivy-scanner.ts'
import { systemClock } from '../../../src/main/system-clock.ts'
import { writeArchive } from '../../../src/media/write-archive.ts'
import { writeLayout } from '../../../src/media/write-layout.ts'
import { type DatabaseWish, type KnownFlaw, type ScannerUnderTest, scannerContract } from '../../../src/ports/scanner.contract.ts'
import { madeImage } from '../../support/made-image.ts'
import { tempProject } from '../../support/temp-project.ts'
import { realTrivy } from '../../support/trivy/trivy.ts'
import { type Advisory, writeVulnerabilityDb } from '../../support/trivy/vulnerability-db.ts'
import { mustRun } from '../support/run-program.ts'

const trivy = realTrivy()
const o = { signal: new AbortController().signal }
const platform = { os: 'linux', architecture: 'amd64' }
const sources = { 'Debian:12': 'debian 12', npm: 'npm', PyPI: 'pip' } as const satisfies Record<KnownFlaw['in'], Advisory['in']>

function scannerWith(cacheDir: string, dir: string) {
  const { env } = process
  return trivyScanner({
    program: () => findTrivy({ path: '', program: trivy.path }),
    cacheDir,
    maxAgeDays: 30,
    clock: systemClock,
    scratch: join(dir, 'scratch'),
    env,
    kill: process.kill.bind(process),
  })
}

async function make({ kind, flaws }: DatabaseWish): Promise<ScannerUnderTest> {
  const { dir } = tempProject()
  const known = kind === 'empty' ? [] : flaws.map((one) => ({ ...one, severity: one.severity.toUpperCase() as Advisory['severity'], in: sources[one.in] }))
  if (kind !== 'missing') writeVulnerabilityDb(join(dir, 'cache'), known, { ageDays: kind === 'stale' ? 700 : 0 })
  let images = 0
  return {
    scanner: scannerWith(join(dir, 'cache'), dir),
    async target(image) {
      const file = join(dir, `image-${++images}.tar`)
      await writeArchive(file, [{ view: image, refs: [] }], { ...o, durability: 'fast' })
      return { kind: 'image', name: 'acme/app:1', view: image, platform, file }
    },
  }
}

describe('the real trivy', { ...trivy.options, timeout: 120_000 }, () => {
  scannerContract(make)

  const files = { 'app/node_modules/left/package.json': '{"name": "left", "version": "1.0.0"}' }
  const flaw: Advisory = { id: 'CVE-2099-0004', severity: 'MEDIUM', in: 'npm', package: 'left', fixed: '1.0.1' }

  async function prepared() {
    const { dir } = tempProject()
    writeVulnerabilityDb(join(dir, 'cache'), [flaw])
    const image = await madeImage([{ files }])
    return { dir, image, scanner: scannerWith(join(dir, 'cache'), dir), target: { kind: 'image', name: 'x', view: image, platform } as const }
  }

  it('reads an image without a file, a layout folder, and a layout inside a tar, which it cannot read by itself', async () => {
    const { dir, image, scanner, target } = await prepared()
    await writeLayout(join(dir, 'layout'), [{ view: image, refs: [] }], { ...o, durability: 'fast' })
    await mustRun('tar', ['-cf', join(dir, 'layout.tar'), '-C', join(dir, 'layout'), '.'])
    for (const file of [undefined, join(dir, 'layout'), join(dir, 'layout.tar')]) {
      const report = await scanner.scan({ target: { ...target, ...(file !== undefined && { file }) } }, o)
      expect(report.findings.map(({ id, package: one }) => [id, one.name])).toEqual([['CVE-2099-0004', 'left']])
      expect(report.target.digest).toBe(await image.digest())
    }
  })

  it('scans folders and bills of materials', async () => {
    const { dir, scanner } = await prepared()
    const lock = { name: 'app', lockfileVersion: 3, packages: { '': { name: 'app', dependencies: { left: '1' } }, 'node_modules/left': { version: '1.0.0' } } }
    mkdirSync(join(dir, 'code'))
    writeFileSync(join(dir, 'code/package-lock.json'), JSON.stringify(lock))
    const folder = await scanner.scan({ target: { kind: 'folder', name: 'code', folder: join(dir, 'code') } }, o)
    expect(folder.findings.map(({ id, package: one }) => [id, one.locations[0]?.path])).toEqual([['CVE-2099-0004', 'package-lock.json']])
    const bill = {
      bomFormat: 'CycloneDX',
      specVersion: '1.5',
      version: 1,
      components: [{ type: 'library', name: 'left', version: '1.0.0', purl: 'pkg:npm/left@1.0.0' }],
    }
    writeFileSync(join(dir, 'bill.json'), JSON.stringify(bill))
    const listed = await scanner.scan({ target: { kind: 'sbom', name: 'bill.json', file: join(dir, 'bill.json') } }, o)
    expect(listed.findings.map(({ id }) => id)).toEqual(['CVE-2099-0004'])
  })

  it('is not asked with a database that was cut, and says by itself with an empty one that all is well', async () => {
    const { dir, scanner, target, image } = await prepared()
    const file = join(dir, 'image.tar')
    await writeArchive(file, [{ view: image, refs: [] }], { ...o, durability: 'fast' })
    truncateSync(join(dir, 'cache/db/trivy.db'), 3 * 4096)
    await expect(scanner.scan({ target }, o)).rejects.toMatchObject({ code: 'SCAN_DATABASE_BROKEN' })
    writeVulnerabilityDb(join(dir, 'empty'), [])
    const offline = ['--skip-db-update', '--skip-java-db-update', '--offline-scan', '--scanners', 'vuln', '--cache-dir', join(dir, 'empty')]
    const alone = await mustRun(trivy.path, ['image', '--quiet', '--format', 'json', ...offline, '--exit-code', '9', '--input', file])
    expect(JSON.parse(alone)).not.toMatchObject({ Results: [{ Vulnerabilities: expect.anything() }] })
    await expect(scannerWith(join(dir, 'empty'), dir).scan({ target }, o)).rejects.toMatchObject({ code: 'SCAN_DATABASE_EMPTY' })
  })

  it('says what it has no advisories for', async () => {
    const { dir, target } = await prepared()
    const status = 'Package: bash\nStatus: install ok installed\nArchitecture: amd64\nVersion: 5.2\n'
    const image = await madeImage([
      { files: { 'etc/os-release': 'ID=debian\nVERSION_ID="13"\n', 'etc/debian_version': '13.0\n', 'var/lib/dpkg/status': status } },
    ])
    writeVulnerabilityDb(join(dir, 'other'), [{ ...flaw, in: 'debian 12' }])
    const report = await scannerWith(join(dir, 'other'), dir).scan({ target: { ...target, view: image } }, o)
    expect([report.findings, report.unjudged.map(({ kind, what }) => [kind, what])]).toEqual([[], [['distribution', 'packages of debian 13']]])
  })
})
