/** The embedded scanner and the real trivy over the same images and the same advisories: the same flaws of the same packages. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { describe, expect, it } from 'vitest'
import { importAdvisories } from '../../../src/adapters/scanners/osv/import-advisories.ts'
import { osvScanner } from '../../../src/adapters/scanners/osv/osv-scanner.ts'
import { findTrivy } from '../../../src/adapters/scanners/trivy/find-trivy.ts'
import { trivyScanner } from '../../../src/adapters/scanners/trivy/trivy-scanner.ts'
import { systemClock } from '../../../src/main/system-clock.ts'
import { writeArchive } from '../../../src/media/write-archive.ts'
import type { Image } from '../../../src/oci/views.ts'
import type { Scanner } from '../../../src/ports/scanner.ts'
import { type MadeLayer, madeImage } from '../../support/made-image.ts'
import { tempProject } from '../../support/temp-project.ts'
import { realTrivy } from '../../support/trivy/trivy.ts'
import { type Advisory, writeVulnerabilityDb } from '../../support/trivy/vulnerability-db.ts'

const trivy = realTrivy()
const o = { signal: new AbortController().signal }
const platform = { os: 'linux', architecture: 'amd64' }
const ecosystems = { 'debian 12': 'Debian:12', 'alpine 3.20': 'Alpine:v3.20', npm: 'npm', pip: 'PyPI' } as const

/** The same advisories twice: as the database of trivy, and as records of OSV. */
async function scanners(advisories: readonly Advisory[]): Promise<{ readonly dir: string; readonly osv: Scanner; readonly real: Scanner }> {
  const { dir } = tempProject()
  writeVulnerabilityDb(join(dir, 'cache'), advisories)
  mkdirSync(join(dir, 'mirror'))
  for (const { id, severity, in: where, package: name, fixed } of advisories) {
    const record = {
      id: `OWN-${id}`,
      aliases: [id],
      modified: new Date().toISOString(),
      database_specific: { severity },
      affected: [{ package: { ecosystem: ecosystems[where], name }, ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed }] }] }],
    }
    writeFileSync(join(dir, 'mirror', `${id}.json`), JSON.stringify(record))
  }
  const database = join(dir, 'advisories.db')
  await importAdvisories({ sources: [join(dir, 'mirror')], database, nowMs: Date.now(), ...o })
  const program = () => findTrivy({ path: '', program: trivy.path })
  const kill = process.kill.bind(process)
  return {
    dir,
    osv: osvScanner({ home: join(dir, 'home'), clock: systemClock, database }),
    real: trivyScanner({ program, cacheDir: join(dir, 'cache'), maxAgeDays: 30, clock: systemClock, scratch: join(dir, 'scratch'), env: process.env, kill }),
  }
}

async function found(scanner: Scanner, image: Image, dir: string): Promise<readonly string[]> {
  const file = join(dir, 'image.tar')
  rmSync(file, { force: true })
  await writeArchive(file, [{ view: image, refs: [] }], { ...o, durability: 'fast' })
  const { findings } = await scanner.scan({ target: { kind: 'image', name: 'image.tar', view: image, platform, file } }, o)
  return findings.map(({ id, package: one, fixedVersion }) => `${one.name} ${one.version} ${id} ${fixedVersion ?? ''}`).toSorted()
}

const debian = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nID=debian\n'
const alpine = 'ID=alpine\nVERSION_ID=3.20.3\nPRETTY_NAME="Alpine Linux v3.20"\n'
const stanza = (name: string, version: string, source = '', status = 'install ok installed'): string =>
  `Package: ${name}\nStatus: ${status}\nArchitecture: amd64\n${source === '' ? '' : `Source: ${source}\n`}Version: ${version}\n`
const npm = (name: string, version: string): string => JSON.stringify({ name, version })
const python = (name: string, version: string): string => `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`
const apk = (name: string, version: string, origin = name): string => `C:Q1x=\nP:${name}\nV:${version}\nA:x86_64\no:${origin}\nL:MIT\n`

/** Each with what a distribution or a registry really has: epochs, tildes, binary rebuilds, scopes, pre-releases, post-releases. */
const advisories: readonly Advisory[] = [
  { id: 'CVE-2099-0001', severity: 'CRITICAL', in: 'debian 12', package: 'openssl', fixed: '3.0.11-1~deb12u2' },
  { id: 'CVE-2099-0002', severity: 'LOW', in: 'debian 12', package: 'zlib', fixed: '1:1.2.13.dfsg-2' },
  { id: 'CVE-2099-0003', severity: 'HIGH', in: 'debian 12', package: 'bash', fixed: '5.2.15-2' },
  { id: 'CVE-2099-0004', severity: 'HIGH', in: 'debian 12', package: 'gone', fixed: '9' },
  { id: 'CVE-2099-0010', severity: 'HIGH', in: 'npm', package: 'lodash', fixed: '4.17.21' },
  { id: 'CVE-2099-0011', severity: 'MEDIUM', in: 'npm', package: '@acme/ui', fixed: '2.0.0' },
  { id: 'CVE-2099-0012', severity: 'LOW', in: 'npm', package: 'edge', fixed: '1.0.0' },
  { id: 'CVE-2099-0020', severity: 'HIGH', in: 'pip', package: 'requests', fixed: '2.31.0' },
  { id: 'CVE-2099-0021', severity: 'LOW', in: 'pip', package: 'edge-case', fixed: '1.0.post2' },
  { id: 'CVE-2099-0030', severity: 'CRITICAL', in: 'alpine 3.20', package: 'openssl', fixed: '3.3.2-r0' },
  { id: 'CVE-2099-0031', severity: 'LOW', in: 'alpine 3.20', package: 'busybox', fixed: '1.36.1-r29' },
]

const system: MadeLayer = {
  files: {
    'etc/os-release': debian,
    'etc/debian_version': '12.5\n',
    'var/lib/dpkg/status': [
      stanza('libssl3', '3.0.11-1~deb12u1', 'openssl'),
      stanza('openssl', '3.0.11-1~deb12u2'),
      stanza('zlib1g', '1:1.2.13.dfsg-1+b2', 'zlib (1:1.2.13.dfsg-1)'),
      stanza('bash', '5.2.15-2+b2', 'bash (5.2.15-2)'),
      stanza('gone', '1', '', 'deinstall ok config-files'),
    ].join('\n'),
  },
}
const app: MadeLayer = {
  files: {
    'app/node_modules/lodash/package.json': npm('lodash', '4.17.15'),
    'app/node_modules/@acme/ui/package.json': npm('@acme/ui', '2.0.0-rc.1'),
    'app/node_modules/edge/package.json': npm('edge', '1.0.0'),
    'usr/lib/python3/dist-packages/requests-2.30.0.dist-info/METADATA': python('requests', '2.30.0'),
    'usr/lib/python3/dist-packages/Edge_Case-1.0.post1.dist-info/METADATA': python('Edge_Case', '1.0.post1'),
  },
}
const repaired: MadeLayer = {
  files: { 'app/node_modules/lodash/package.json': npm('lodash', '4.17.21'), 'usr/lib/python3/dist-packages/.wh.requests-2.30.0.dist-info': '' },
}
const small: MadeLayer = {
  files: {
    'etc/os-release': alpine,
    'etc/alpine-release': '3.20.3\n',
    'lib/apk/db/installed': [apk('libssl3', '3.3.1-r3', 'openssl'), apk('busybox', '1.36.1-r29'), apk('ssl_client', '1.36.1-r28', 'busybox')].join('\n'),
  },
}

describe('both scanners', { ...trivy.options, timeout: 120_000 }, () => {
  it.each<[string, readonly MadeLayer[], readonly string[]]>([
    ['dpkg', [system], ['libssl3 3.0.11-1~deb12u1 CVE-2099-0001 3.0.11-1~deb12u2', 'zlib1g 1:1.2.13.dfsg-1+b2 CVE-2099-0002 1:1.2.13.dfsg-2']],
    [
      'npm and Python',
      [system, app],
      [
        '@acme/ui 2.0.0-rc.1 CVE-2099-0011 2.0.0',
        'Edge_Case 1.0.post1 CVE-2099-0021 1.0.post2',
        'libssl3 3.0.11-1~deb12u1 CVE-2099-0001 3.0.11-1~deb12u2',
        'lodash 4.17.15 CVE-2099-0010 4.17.21',
        'requests 2.30.0 CVE-2099-0020 2.31.0',
        'zlib1g 1:1.2.13.dfsg-1+b2 CVE-2099-0002 1:1.2.13.dfsg-2',
      ],
    ],
    [
      'layers that repair',
      [system, app, repaired],
      [
        '@acme/ui 2.0.0-rc.1 CVE-2099-0011 2.0.0',
        'Edge_Case 1.0.post1 CVE-2099-0021 1.0.post2',
        'libssl3 3.0.11-1~deb12u1 CVE-2099-0001 3.0.11-1~deb12u2',
        'zlib1g 1:1.2.13.dfsg-1+b2 CVE-2099-0002 1:1.2.13.dfsg-2',
      ],
    ],
    ['apk', [small], ['libssl3 3.3.1-r3 CVE-2099-0030 3.3.2-r0', 'ssl_client 1.36.1-r28 CVE-2099-0031 1.36.1-r29']],
  ])('find the same flaws of the same packages, but for pre-releases: %s', async (_what, layers, expected) => {
    const { dir, osv, real } = await scanners(advisories)
    const image = await madeImage(layers)
    const own = (await found(osv, image, dir)).map(plainly)
    expect(own).toEqual(expected.map(plainly).toSorted())
    // docs/scanning.md says why.
    expect((await found(real, image, dir)).map(plainly)).toEqual(own.filter((line) => !line.includes('-rc.')))
  })
})

/** Names of Python have many spellings. */
function plainly(line: string): string {
  return line.toLowerCase().replaceAll('_', '-')
}
