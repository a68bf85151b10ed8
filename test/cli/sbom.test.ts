/** `slipway sbom` as people start it: what is in the bill, in both forms, and that what is in it is found again. */
import { readFileSync } from 'node:fs'
import process from 'node:process'
import { beforeAll, describe, expect, it } from 'vitest'
import { writeArchive } from '../../src/media/write-archive.ts'
import { madeImage } from '../support/made-image.ts'
import { osvDatabase } from '../support/osv-mirror.ts'
import { slipwayHere } from '../support/slipway-here.ts'
import { type TempProject, tempProject } from '../support/temp-project.ts'

interface SpdxBill {
  readonly spdxVersion: string
  readonly SPDXID: string
  readonly dataLicense: string
  readonly documentNamespace: string
  readonly creationInfo: { readonly created: string; readonly creators: readonly string[] }
  readonly packages: readonly {
    readonly SPDXID: string
    readonly name: string
    readonly versionInfo?: string
    readonly externalRefs?: readonly { readonly referenceLocator: string }[]
  }[]
  readonly relationships: readonly { readonly spdxElementId: string; readonly relationshipType: string; readonly relatedSpdxElement: string }[]
}

const purls = [
  'pkg:deb/debian/libssl3@3.0.11-1~deb12u1?arch=amd64&distro=debian-12&upstream=openssl',
  'pkg:npm/%40acme/ui@2.0.0',
  'pkg:npm/left@1.0.0',
  'pkg:pypi/requests@2.30.0',
]

describe('slipway sbom', () => {
  let project: TempProject
  beforeAll(async () => {
    project = tempProject()
    const system = {
      'etc/os-release': 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nID=debian\n',
      'var/lib/dpkg/status': 'Package: libssl3\nStatus: install ok installed\nArchitecture: amd64\nSource: openssl\nVersion: 3.0.11-1~deb12u1\n',
    }
    const app = {
      'app/node_modules/left/package.json': '{"name": "left", "version": "1.0.0", "license": "MIT"}',
      'app/node_modules/@acme/ui/package.json': '{"name": "@acme/ui", "version": "2.0.0"}',
      'usr/lib/python3/dist-packages/requests-2.30.0.dist-info/METADATA': 'Metadata-Version: 2.1\nName: requests\nVersion: 2.30.0\n',
    }
    const image = await madeImage([{ files: system }, { files: app }])
    await writeArchive(project.path('image.tar'), [{ view: image, refs: [] }], { signal: AbortSignal.timeout(10_000), durability: 'fast' })
  })

  const slipway = (...argv: readonly string[]) => slipwayHere(project.dir, { SLIPWAY_HOME: project.path('home'), PATH: process.env['PATH'] ?? '' }, ...argv)

  it('writes CycloneDX 1.5: each package once, with its URL, its place and its layer', async () => {
    const { code, out, err } = await slipway('sbom', 'image.tar')
    expect([code, err]).toEqual([0, ''])
    const bill = JSON.parse(out)
    expect(bill).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.5', version: 1, metadata: { component: { type: 'container', name: 'image.tar' } } })
    const listed: { readonly purl?: string; readonly 'bom-ref': string; readonly properties?: readonly { readonly name: string; readonly value: string }[] }[] =
      bill.components
    expect(listed.flatMap(({ purl }) => purl ?? []).toSorted()).toEqual(purls)
    expect(new Set(listed.map((one) => one['bom-ref'])).size).toBe(listed.length)
    const left = listed.find(({ purl }) => purl === 'pkg:npm/left@1.0.0')
    expect(left?.properties).toContainEqual({ name: 'slipway:path', value: 'app/node_modules/left/package.json' })
    expect(left?.properties?.find(({ name }) => name === 'slipway:layer')?.value).toMatch(/^2 sha256:/)
  })

  it('writes SPDX 2.3: every relation is between things that are there, every name is one', async () => {
    const { code, out } = await slipway('sbom', 'image.tar', '--format', 'spdx-json', '-o', 'bill.spdx.json')
    expect([code, out]).toEqual([0, ''])
    const bill = JSON.parse(readFileSync(project.path('bill.spdx.json'), 'utf8')) as SpdxBill
    expect([bill.spdxVersion, bill.SPDXID, bill.dataLicense]).toEqual(['SPDX-2.3', 'SPDXRef-DOCUMENT', 'CC0-1.0'])
    expect(bill.documentNamespace).toMatch(/^[a-z]+:[^#\s]+$/)
    expect(bill.creationInfo.created).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    for (const one of bill.creationInfo.creators) expect(one).toMatch(/^(Tool|Person|Organization): \S/)
    const ids = bill.packages.map(({ SPDXID }) => SPDXID)
    for (const id of ids) expect(id).toMatch(/^SPDXRef-[A-Za-z0-9.-]+$/)
    expect(new Set(ids).size).toBe(ids.length)
    const there = new Set(['SPDXRef-DOCUMENT', ...ids])
    for (const { spdxElementId, relatedSpdxElement } of bill.relationships)
      expect([there.has(spdxElementId), there.has(relatedSpdxElement)]).toEqual([true, true])
    expect(bill.relationships.filter(({ relationshipType }) => relationshipType === 'DESCRIBES')).toHaveLength(1)
    expect(
      bill.packages
        .flatMap(({ externalRefs }) => externalRefs ?? [])
        .map(({ referenceLocator }) => referenceLocator)
        .toSorted(),
    ).toEqual(purls)
  })

  it.each(['cyclonedx-json', 'spdx-json'])(
    'of the form %s is scanned with the same flaws as the image, by the scanner and the database that are named',
    async (format) => {
      const database = await osvDatabase(
        project,
        [
          { id: 'CVE-2026-1', ecosystem: 'Debian:12', package: 'openssl', fixed: '3.0.11-1~deb12u2', severity: 'high' },
          { id: 'CVE-2026-2', ecosystem: 'npm', package: '@acme/ui', fixed: '2.0.1', severity: 'low' },
          { id: 'CVE-2026-3', ecosystem: 'PyPI', package: 'requests', fixed: '2.31.0', severity: 'moderate' },
          { id: 'CVE-2026-4', ecosystem: 'npm', package: 'left', fixed: '1.0.0' },
        ],
        { name: format },
      )
      const found = async (what: string) => {
        const { out, err } = await slipway('scan', what, '--scanner', 'osv', '--db', database, '--format', 'json')
        expect(err).toBe('')
        return (JSON.parse(out).findings as { id: string; package: { name: string } }[]).map((one) => `${one.id} ${one.package.name}`).toSorted()
      }
      await slipway('sbom', 'image.tar', '--format', format, '-o', `${format}.json`)
      const image = await found('image.tar')
      expect(image).toEqual(['CVE-2026-1 libssl3', 'CVE-2026-2 @acme/ui', 'CVE-2026-3 requests'])
      expect(await found(`${format}.json`)).toEqual(image)
    },
  )

  it('needs no database, and says where it cannot write', async () => {
    expect(await slipway('sbom', 'image.tar', '-o', 'nowhere/bill.json')).toMatchObject({ code: 1, err: expect.stringContaining('FILE_UNWRITABLE') })
    expect(await slipway('sbom', 'missing.tar')).toMatchObject({ code: 1, out: '' })
  })

  it('a scan with a database that is not there, or a scanner that is not, ends with a code', async () => {
    expect(await slipway('scan', 'image.tar', '--scanner', 'osv', '--db', 'nowhere')).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('SCAN_DATABASE_MISSING'),
    })
    expect(await slipway('scan', 'image.tar', '--scanner', 'grype')).toMatchObject({ code: 2 })
  })
})
