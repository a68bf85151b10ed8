/** What every Scanner promises, as tests. */
import { expect } from 'vitest'
import { type ContractOptions, describeContract } from '../../test/support/contract.ts'
import { madeImage } from '../../test/support/made-image.ts'
import type { Code } from '../base/codes.ts'
import { isProblem } from '../base/problem.ts'
import { digestOf } from '../oci/digest.ts'
import type { Image } from '../oci/views.ts'
import type { ScanReport } from '../scan/report.ts'
import type { Severity } from '../scan/severity.ts'
import type { Scanner, ScanTarget } from './scanner.ts'

/** A flaw of all versions before `fixed`; of a Debian package the name is that of its source. */
export interface KnownFlaw {
  readonly id: string
  readonly severity: Exclude<Severity, 'info' | 'unknown'>
  readonly in: 'Debian:12' | 'npm' | 'PyPI'
  readonly package: string
  readonly fixed: string
}

/** `filled` is from today, `stale` has the same advisories and is years old. */
export interface DatabaseWish {
  readonly kind: 'filled' | 'missing' | 'empty' | 'stale'
  readonly flaws: readonly KnownFlaw[]
}

export interface ScannerUnderTest {
  readonly scanner: Scanner
  /** Puts the image where the scanner can read it. */
  target(image: Image): Promise<ScanTarget>
}

export type MakeScanner = (wish: DatabaseWish) => Promise<ScannerUnderTest>

const flaws: readonly KnownFlaw[] = [
  { id: 'CVE-2023-1001', severity: 'critical', in: 'Debian:12', package: 'openssl', fixed: '3.0.11-1~deb12u2' },
  { id: 'CVE-2023-1002', severity: 'low', in: 'Debian:12', package: 'zlib', fixed: '1:1.2.13.dfsg-2' },
  { id: 'CVE-2020-8203', severity: 'high', in: 'npm', package: 'lodash', fixed: '4.17.19' },
  { id: 'CVE-2023-32681', severity: 'medium', in: 'PyPI', package: 'requests', fixed: '2.31.0' },
]
const filled: DatabaseWish = { kind: 'filled', flaws }
const signal = AbortSignal.timeout(600_000)

const release = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n'
const stanza = (name: string, source: string, version: string): string =>
  `Package: ${name}\nStatus: install ok installed\nMaintainer: nobody\nArchitecture: amd64\nSource: ${source}\nVersion: ${version}\nDescription: of the test\n`
const status = (openssl: string): string =>
  [stanza('libssl3', 'openssl', openssl), stanza('zlib1g', 'zlib (1:1.2.13.dfsg-1)', '1:1.2.13.dfsg-1+b2'), stanza('bash', 'bash', '5.2.15-2+b2')].join('\n')
const lodash = (version: string): string => JSON.stringify({ name: 'lodash', version, license: 'MIT' })
const requests = (version: string): string => `Metadata-Version: 2.1\nName: requests\nVersion: ${version}\nSummary: of the test\nLicense: Apache 2.0\n`
const metadataOf = (version: string): string => `usr/lib/python3/dist-packages/requests-${version}.dist-info/METADATA`

const base = { files: { 'etc/os-release': release, 'etc/debian_version': '12.4\n', 'var/lib/dpkg/status': status('3.0.11-1~deb12u1') } }
const app = {
  files: {
    'app/node_modules/lodash/package.json': lodash('4.17.15'),
    'app/node_modules/a/node_modules/lodash/package.json': lodash('4.17.15'),
    [metadataOf('2.30.0')]: requests('2.30.0'),
  },
}
const repair = {
  files: {
    'var/lib/dpkg/status': status('3.0.11-1~deb12u2').replaceAll('1.2.13.dfsg-1', '1.2.13.dfsg-2'),
    'app/node_modules/lodash/package.json': lodash('4.17.21'),
    'app/node_modules/a/.wh.node_modules': '',
    [metadataOf('2.30.0').replace(/requests-2.30.0.dist-info.*/, '.wh.requests-2.30.0.dist-info')]: '',
    [metadataOf('2.31.0')]: requests('2.31.0'),
  },
}

function shown({ findings }: ScanReport): readonly (readonly string[])[] {
  return findings.map(({ id, severity, package: { type, name, version }, fixedVersion = '' }) => [severity, id, type, name, version, fixedVersion])
}

const found = [
  ['critical', 'CVE-2023-1001', 'deb', 'libssl3', '3.0.11-1~deb12u1', '3.0.11-1~deb12u2'],
  ['high', 'CVE-2020-8203', 'npm', 'lodash', '4.17.15', '4.17.19'],
  ['medium', 'CVE-2023-32681', 'pypi', 'requests', '2.30.0', '2.31.0'],
  ['low', 'CVE-2023-1002', 'deb', 'zlib1g', '1:1.2.13.dfsg-1+b2', '1:1.2.13.dfsg-2'],
]

export function scannerContract(make: MakeScanner, o: ContractOptions = {}): void {
  const scan = async (image: Image, wish: DatabaseWish = filled): Promise<ScanReport> => {
    const under = await make(wish)
    return under.scanner.scan({ target: await under.target(image) }, { signal })
  }
  describeContract('Scanner', o, (promise) => {
    promise('finds the flaws of packages of Debian by their source, of npm and of Python, the worst first', async () => {
      const report = await scan(await madeImage([base, app]))
      expect(shown(report)).toEqual(found)
      expect(report.target).toMatchObject({ kind: 'image', distribution: { id: 'debian', version: '12' } })
      expect([report.scanner.name, report.unjudged]).toEqual([expect.stringMatching(/\w/), []])
      expect(report.database.updatedMs).toBeGreaterThan(0)
    })

    promise('tells where a package is and which layer brought it, and a flaw once for two copies', async () => {
      const image = await madeImage([base, app])
      const [lower, upper] = (await image.config()).rootfs.diff_ids
      const report = await scan(image)
      expect(report.layers.map(({ diffId }) => diffId)).toEqual([lower, upper])
      const places = new Map(report.findings.map((one) => [one.id, one.package.locations.map(({ path, layer }) => [path, layer])]))
      expect(places.get('CVE-2023-1001')?.[0]?.[1]).toBe(lower)
      expect(places.get('CVE-2020-8203')).toEqual([
        ['app/node_modules/a/node_modules/lodash/package.json', upper],
        ['app/node_modules/lodash/package.json', upper],
      ])
      expect(places.get('CVE-2023-32681')).toEqual([[metadataOf('2.30.0'), upper]])
    })

    promise('finds nothing where a later layer replaced or removed what was wrong', async () => {
      expect(shown(await scan(await madeImage([base, app, repair])))).toEqual([])
    })

    promise('finds nothing in an image without packages, and says what it was', async () => {
      const report = await scan(await madeImage([{ files: { 'etc/motd': 'hello\n' } }]))
      expect([shown(report), report.packages]).toEqual([[], []])
    })

    promise('has something against a database that is missing, empty or old, and does not scan with it', async () => {
      const codes: Readonly<Record<Exclude<DatabaseWish['kind'], 'filled'>, Code>> = {
        missing: 'SCAN_DATABASE_MISSING',
        empty: 'SCAN_DATABASE_EMPTY',
        stale: 'SCAN_DATABASE_STALE',
      }
      const image = await madeImage([base, app])
      for (const kind of ['missing', 'empty', 'stale'] as const) {
        const under = await make({ kind, flaws })
        expect((await under.scanner.check({ signal })).map(({ code, severity }) => [code, severity])).toEqual([[codes[kind], 'error']])
        const target = await under.target(image)
        const error = await under.scanner.scan({ target }, { signal }).catch((caught: unknown) => caught)
        expect(isProblem(error, codes[kind]), `${kind}: ${String(error)}`).toBe(true)
      }
      expect(await (await make(filled)).scanner.check({ signal })).toEqual([])
    })

    promise('lists packages without a database, where it can list them', async () => {
      const under = await make({ kind: 'missing', flaws })
      const listed = await under.scanner.list?.({ target: await under.target(await madeImage([base, app])) }, { signal })
      if (listed === undefined) return
      expect(listed.packages.map(({ type, name, version }) => `${type} ${name} ${version}`)).toEqual([
        'deb bash 5.2.15-2+b2',
        'deb libssl3 3.0.11-1~deb12u1',
        'deb zlib1g 1:1.2.13.dfsg-1+b2',
        'npm lodash 4.17.15',
        'pypi requests 2.30.0',
      ])
      expect(listed.packages.find(({ name }) => name === 'zlib1g')?.source).toEqual({ name: 'zlib', version: '1:1.2.13.dfsg-1' })
    })

    promise('gives equal reports for equal requests, also at once, and changes nothing of the image', async () => {
      const under = await make(filled)
      const image = await madeImage([base, app])
      const target = await under.target(image)
      const before = digestOf(await image.manifestBytes())
      const [first, ...others] = await Promise.all([1, 2, 3].map(() => under.scanner.scan({ target }, { signal })))
      for (const other of others) expect(other).toEqual(first)
      expect(digestOf(await image.manifestBytes())).toBe(before)
    })

    promise("rejects with the signal's reason when it is aborted", async () => {
      const under = await make(filled)
      const target = await under.target(await madeImage([base, app]))
      const reason = new Error('enough')
      await expect(under.scanner.scan({ target }, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    })
  })
}
