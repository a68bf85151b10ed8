/** The embedded scanner: what every scanner promises, and what is its own. */
import { truncateSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { type MadeLayer, madeImage } from '../../../../test/support/made-image.ts'
import { type MadeAdvisory, mirrorFiles, osvDatabase } from '../../../../test/support/osv-mirror.ts'
import { tempProject } from '../../../../test/support/temp-project.ts'
import { isProblem } from '../../../base/problem.ts'
import { randomImage } from '../../../oci/random-image.ts'
import type { Image } from '../../../oci/views.ts'
import { type DatabaseWish, scannerContract } from '../../../ports/scanner.contract.ts'
import type { Scanner, ScanTarget } from '../../../ports/scanner.ts'
import type { ScanReport } from '../../../scan/report.ts'
import { osvScanner } from './osv-scanner.ts'
import { databaseWriter } from './write-database.ts'

const signal = AbortSignal.timeout(600_000)
const platform = { os: 'linux', architecture: 'amd64' }
const day = 86_400_000
const clock = { now: () => Date.now() }

async function empty(path: string): Promise<void> {
  const file = await open(path, 'w')
  await databaseWriter(file).finish({ sources: [], importedMs: Date.now() })
  await file.close()
}

async function contractScanner({ kind, flaws }: DatabaseWish): Promise<Scanner> {
  const project = tempProject()
  const home = project.path('home')
  if (kind === 'missing') return osvScanner({ home, clock })
  if (kind === 'empty') {
    await empty(project.path('empty.db'))
    return osvScanner({ home, clock, database: project.path('empty.db') })
  }
  const modified = new Date(Date.now() - (kind === 'stale' ? 900 * day : 0)).toISOString()
  const advisories = flaws.map((flaw) => ({ ...flaw, ecosystem: flaw.in, modified }))
  return osvScanner({ home, clock, database: await osvDatabase(project, advisories) })
}

const image = (view: Image): ScanTarget => ({ kind: 'image', name: 'acme/app:1', view, platform })

describe('osv', () => {
  scannerContract(async (wish) => ({ scanner: await contractScanner(wish), target: async (view) => image(view) }))
})

const openssl: MadeAdvisory = { id: 'CVE-2023-1001', ecosystem: 'Debian:12', package: 'openssl', fixed: '3.0.11-1~deb12u2', severity: 'high' }
const lodash: MadeAdvisory = { id: 'CVE-2020-8203', ecosystem: 'npm', package: 'lodash', fixed: '4.17.19', severity: 'high' }
const release = (id: string, version: string) => `ID=${id}\nVERSION_ID="${version}"\nPRETTY_NAME="${id} ${version}"\n`
const status = (...lines: readonly string[]) =>
  lines
    .map((line) => line.split(' '))
    .map(([name, version]) => `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${version}\n`)
    .join('\n')
const debian = (...packages: readonly string[]): MadeLayer => ({
  files: { 'etc/os-release': release('debian', '12'), 'var/lib/dpkg/status': status(...packages) },
})

async function scan(layers: readonly MadeLayer[], advisories: readonly MadeAdvisory[] = [openssl, lodash]): Promise<ScanReport> {
  const project = tempProject()
  const scanner = osvScanner({ home: project.path('home'), clock, database: await osvDatabase(project, advisories) })
  return scanner.scan({ target: image(await madeImage(layers)) }, { signal })
}

const pairs = ({ findings }: ScanReport): readonly string[] => findings.map(({ id, package: { name, version } }) => `${name} ${version} ${id}`)

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  )
  return isProblem(error) ? error.code : String(error)
}

describe('layers', () => {
  it('remembers what it found in them, and finds the same the second time', async () => {
    const project = tempProject()
    const scanner = osvScanner({ home: project.path('home'), clock, database: await osvDatabase(project, [openssl]) })
    const target = image(await madeImage([debian('openssl 3.0.11-1~deb12u1'), { files: { a: 'b' } }]))
    const first = await scanner.scan({ target }, { signal })
    expect(project.files().filter((file) => file.startsWith('home/scan/layers/'))).toHaveLength(2)
    expect(await scanner.scan({ target }, { signal })).toEqual(first)
    for (const file of project.files().filter((name) => name.startsWith('home/scan/layers/'))) writeFileSync(project.path(file), '{"version": 1, "delta"')
    expect(await scanner.scan({ target }, { signal })).toEqual(first)
  })

  it('does not believe an archive that claims the digest of a layer it knows', async () => {
    const project = tempProject()
    const scanner = osvScanner({ home: project.path('home'), clock, database: await osvDatabase(project, [openssl]) })
    const honest = await madeImage([debian('openssl 3.0.14-1~deb12u1')])
    expect(pairs(await scanner.scan({ target: image({ ...honest, manifestLast: true }) }, { signal }))).toEqual([])
    const other = await madeImage([debian('openssl 3.0.11-1~deb12u1')])
    const [lie] = await other.layers()
    const [known] = await honest.layers()
    if (lie === undefined || known === undefined) throw new Error('each has a layer')
    const forged: Image = { ...honest, layers: async () => [{ ...known, compressed: (o) => lie.compressed(o), uncompressed: (o) => lie.uncompressed(o) }] }
    expect(await codeOf(scanner.scan({ target: image({ ...forged, manifestLast: true }) }, { signal }))).toBe('DIGEST_MISMATCH')
  })

  it('follows opaque folders, files that become folders and folders that become files or links', async () => {
    const [one, two, three] = ['a', 'b', 'c'].map((name) => ({ [`${name}/node_modules/lodash/package.json`]: '{"name":"lodash","version":"4.17.15"}' }))
    const lower: MadeLayer = { files: { ...one, ...two, ...three, 'd/node_modules/lodash/package.json': '{"name":"lodash","version":"4.17.16"}' } }
    const upper: MadeLayer = { files: { 'a/.wh..wh..opq': '', b: 'now a file', 'c/node_modules/lodash/package.json/x': 'now a folder' } }
    expect(pairs(await scan([lower, upper]))).toEqual(['lodash 4.17.16 CVE-2020-8203'])
    expect(pairs(await scan([lower, { files: { '.wh..wh..opq': '' } }, debian('bash 5.2.15-2')]))).toEqual([])
  })

  it('tells the layer that brought a package, not the one that wrote the database again', async () => {
    const view = await madeImage([debian('openssl 3.0.11-1~deb12u1'), debian('openssl 3.0.11-1~deb12u1', 'curl 7.88.1-10'), { files: { x: 'y' } }])
    const { rootfs } = await view.config()
    const project = tempProject()
    const listed = await osvScanner({ home: project.dir, clock }).list?.({ target: image(view) }, { signal })
    const layers = new Map(listed?.packages.map((one) => [one.name, one.locations[0]?.layer]))
    expect([layers.get('openssl'), layers.get('curl')]).toEqual([rootfs.diff_ids[0], rootfs.diff_ids[1]])
  })
})

describe('what it cannot judge', () => {
  it('says so of rpm, Go, Java and others beside the findings', async () => {
    const files = { 'var/lib/rpm/rpmdb.sqlite': 'x', 'opt/app.jar': 'x', 'opt/lib/b.war': 'x', 'usr/lib/ruby/specifications/rake-13.gemspec': 'x' }
    const report = await scan([debian('openssl 3.0.11-1~deb12u1'), { files }])
    expect(pairs(report)).toEqual(['openssl 3.0.11-1~deb12u1 CVE-2023-1001'])
    expect(report.unjudged.map(({ what, count, paths }) => [what, count, paths])).toEqual([
      ['packages of rpm', 1, ['var/lib/rpm/rpmdb.sqlite']],
      ['archives of Java', 2, ['opt/app.jar', 'opt/lib/b.war']],
      ['gems of Ruby', 1, ['usr/lib/ruby/specifications/rake-13.gemspec']],
    ])
  })

  it('says so of a distribution that the database does not know, and of damaged records', async () => {
    const files = {
      'etc/os-release': release('debian', '13'),
      'var/lib/dpkg/status': `${status('openssl 3.0.11-1~deb12u1')}\n\nnothing: here\n`,
      'app/node_modules/lodash/package.json': '{"name":"lodash","version":"4.17.15"}',
      'app/node_modules/broken/package.json': '{"name":',
    }
    const report = await scan([{ files }])
    expect(pairs(report)).toEqual(['lodash 4.17.15 CVE-2020-8203'])
    expect(report.unjudged.map(({ kind, what, reason, count }) => [kind, what, reason, count])).toEqual([
      ['file', 'damaged records of packages', 'it is no JSON object', 1],
      ['file', 'damaged entries of a package database', 'they have no name and version', 1],
      ['distribution', 'Debian packages (deb) of debian 13', 'the database has no advisories for Debian:13', 1],
    ])
  })

  it('does not call an image sound of which it could judge nothing', async () => {
    const files = { 'etc/os-release': release('debian', '13'), 'var/lib/dpkg/status': status('openssl 3.0.11-1~deb12u1') }
    expect(await codeOf(scan([{ files }]))).toBe('SCAN_NOTHING_JUDGED')
    expect(await codeOf(scan([{ files: { 'var/lib/rpm/Packages': 'x' } }]))).toBe('SCAN_NOTHING_JUDGED')
    expect(await codeOf(scan([{ files: { 'etc/os-release': release('kali', '2024.1'), 'var/lib/dpkg/status': status('openssl 1') } }]))).toBe(
      'SCAN_NOTHING_JUDGED',
    )
  })

  it('judges what a package of the distribution brought with that package only', async () => {
    const python = 'usr/lib/python3/dist-packages/requests-2.28.1.egg-info/PKG-INFO'
    const files = {
      [python]: 'Name: requests\nVersion: 2.28.1\n',
      'usr/local/lib/python3.11/dist-packages/requests-2.29.0.dist-info/METADATA': 'Name: requests\nVersion: 2.29.0\n',
      'var/lib/dpkg/info/python3-requests.list': `/.\n/usr\n/${python}\n`,
    }
    const requests: MadeAdvisory = { id: 'CVE-2023-32681', ecosystem: 'PyPI', package: 'Requests', fixed: '2.31.0' }
    expect(pairs(await scan([debian('python3-requests 2.28.1+dfsg-1'), { files }], [openssl, requests]))).toEqual(['requests 2.29.0 CVE-2023-32681'])
  })
})

describe('other targets', () => {
  const cyclonedx = (...purls: readonly string[]): string =>
    JSON.stringify({
      bomFormat: 'CycloneDX',
      specVersion: '1.5',
      components: purls.map((purl) => ({ type: 'library', name: purl.replace(/^.*\/|@.*$/g, ''), version: purl.split('@')[1], purl })),
    })

  it('are folders, by the same records, and bills of materials', async () => {
    const project = tempProject({
      'app/package-lock.json': JSON.stringify({ packages: { 'node_modules/lodash': { version: '4.17.15' } } }),
      'bill.json': cyclonedx('pkg:npm/lodash@4.17.16'),
      'broken.json': '{',
    })
    const scanner = osvScanner({ home: project.path('home'), clock, database: await osvDatabase(project, [lodash]) })
    const told: string[] = []
    const o = { signal, note: (note: { readonly code: string }) => told.push(note.code) }
    const folder = await scanner.scan({ target: { kind: 'folder', name: 'app', folder: project.path('app') }, arguments: ['--debug'] }, o)
    expect([pairs(folder), folder.findings[0]?.package.locations, told]).toEqual([
      ['lodash 4.17.15 CVE-2020-8203'],
      [{ path: 'package-lock.json' }],
      ['SCAN_ARGUMENTS_UNUSED'],
    ])
    const bill = (file: string) => scanner.scan({ target: { kind: 'sbom', name: file, file: project.path(file) } }, { signal })
    expect(pairs(await bill('bill.json'))).toEqual(['lodash 4.17.16 CVE-2020-8203'])
    expect([await codeOf(bill('broken.json')), await codeOf(bill('nowhere.json'))]).toEqual(['SCAN_TARGET_REFUSED', 'SCAN_TARGET_REFUSED'])
  })
})

describe('a mirror named in place of a database', () => {
  it('is imported once, and again when it has changed', async () => {
    const project = tempProject(mirrorFiles('mirror', [openssl]))
    const scanner = osvScanner({ home: project.path('home'), clock, database: project.path('mirror') })
    const target = image(await madeImage([debian('openssl 3.0.11-1~deb12u1', 'curl 1')]))
    const imported = () => project.files().filter((file) => file.startsWith('home/scan/mirrors/'))
    expect(pairs(await scanner.scan({ target }, { signal }))).toEqual(['openssl 3.0.11-1~deb12u1 CVE-2023-1001'])
    const before = imported()
    await scanner.scan({ target }, { signal })
    expect([before.length, imported()]).toEqual([1, before])
    project.write(mirrorFiles('mirror/more', [{ ...openssl, id: 'CVE-2023-9', package: 'curl', fixed: '2' }]))
    expect(pairs(await scanner.scan({ target }, { signal }))).toEqual(['curl 1 CVE-2023-9', 'openssl 3.0.11-1~deb12u1 CVE-2023-1001'])
    expect(imported()).toHaveLength(1)
  })

  it('is no database when it is empty', async () => {
    const project = tempProject({ 'mirror/readme': 'nothing yet' })
    const scanner = osvScanner({ home: project.path('home'), clock, database: project.path('mirror') })
    expect((await scanner.check({ signal })).map(({ code }) => code)).toEqual(['SCAN_DATABASE_EMPTY'])
  })
})

describe('bad input', () => {
  it('has an error of its own for a database that was cut or damaged anywhere', async () => {
    const project = tempProject()
    const many = Array.from({ length: 50 }, (_, i) => ({ ...openssl, id: `CVE-2023-${2000 + i}` }))
    const view = await madeImage([debian('openssl 3.0.11-1~deb12u1')])
    const try1 = async (spoil: (path: string) => void): Promise<string> => {
      const database = await osvDatabase(project, many, { name: 'spoilt' })
      spoil(database)
      return codeOf(osvScanner({ home: project.path('home'), clock, database }).scan({ target: image(view) }, { signal }))
    }
    for (const bytes of [0, 7, 100, 5000]) expect(await try1((path) => truncateSync(path, bytes)), `cut to ${bytes}`).toBe('SCAN_DATABASE_BROKEN')
    expect(await try1((path) => writeFileSync(path, 'something else'.repeat(100)))).toBe('SCAN_DATABASE_BROKEN')
    for (const at of [2, 300, 12_000]) {
      const spoil = async (path: string) => {
        const file = await open(path, 'r+')
        await file.write(Buffer.from([0xff, 0xfe]), 0, 2, at)
        await file.close()
      }
      const database = await osvDatabase(project, many, { name: 'flipped' })
      await spoil(database)
      expect(await codeOf(osvScanner({ home: project.path('home'), clock, database }).scan({ target: image(view) }, { signal })), `at ${at}`).toBe(
        'SCAN_DATABASE_BROKEN',
      )
    }
  })

  it('scans an image of 100,000 packages', { timeout: 120_000 }, async () => {
    const lines = Array.from({ length: 100_000 }, (_, i) => `package-${i} 1.${i}-1`)
    const report = await scan(
      [debian('openssl 3.0.11-1~deb12u1', ...lines)],
      [openssl, { id: 'CVE-2024-1', ecosystem: 'Debian:12', package: 'package-99999', fixed: '2' }],
    )
    expect(report.packages).toHaveLength(100_001)
    expect(pairs(report)).toEqual(['openssl 3.0.11-1~deb12u1 CVE-2023-1001', 'package-99999 1.99999-1 CVE-2024-1'])
  })

  it('scans an image in which there is nothing it knows', async () => {
    const project = tempProject()
    const scanner = osvScanner({ home: project.dir, clock, database: await osvDatabase(project, [openssl]) })
    const report = await scanner.scan({ target: image(await randomImage({ layers: 3 })) }, { signal })
    expect([report.findings, report.packages, report.unjudged, report.layers.length]).toEqual([[], [], [], 3])
  })
})
