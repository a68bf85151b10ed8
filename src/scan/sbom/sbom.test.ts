import { describe, expect, it } from 'vitest'
import type { Finding } from '../finding.ts'
import type { ScannedPackage } from '../package.ts'
import { packageUrl, parsePackageUrl } from '../package-url.ts'
import type { Inventory } from '../report.ts'
import { billText } from './bill-text.ts'
import { cyclonedx } from './cyclonedx.ts'
import { readSbom } from './read-sbom.ts'

const debian = { id: 'debian', version: '12', name: 'Debian GNU/Linux 12' }
const openssl: ScannedPackage = {
  type: 'deb',
  name: 'libssl3',
  version: '1:3.0.11-1~deb12u2',
  source: { name: 'openssl', version: '1:3.0.11-1~deb12u2' },
  architecture: 'amd64',
  locations: [{ path: 'var/lib/dpkg/status', layer: 'sha256:a' }],
}
const ui: ScannedPackage = {
  type: 'npm',
  name: '@acme/ui',
  version: '1.0.0',
  licenses: ['MIT'],
  locations: [{ path: 'a/package.json', layer: 'sha256:b' }, { path: 'b/package.json' }],
}
const jar: ScannedPackage = { type: 'maven', name: 'org.acme.tools:ui', version: '2', locations: [] }
const inventory: Inventory = {
  target: { kind: 'image', name: 'acme/app:1', digest: 'sha256:d', distribution: debian },
  layers: [{ diffId: 'sha256:a' }, { diffId: 'sha256:b' }],
  packages: [openssl, jar, ui],
  unjudged: [],
}
const o = { at: Date.UTC(2026, 0, 2), version: '1.2.3' }

it.each<[ScannedPackage, string]>([
  [openssl, 'pkg:deb/debian/libssl3@1:3.0.11-1~deb12u2?arch=amd64&distro=debian-12&upstream=openssl'],
  [ui, 'pkg:npm/%40acme/ui@1.0.0'],
  [jar, 'pkg:maven/org.acme.tools/ui@2'],
  [{ type: 'golang', name: 'github.com/acme/tool/v2', version: 'v2.0.0', locations: [] }, 'pkg:golang/github.com/acme/tool/v2@v2.0.0'],
])('a package has a URL, and is found in it again', (one, url) => {
  expect(packageUrl(one, debian)).toBe(url)
  expect(parsePackageUrl(url)).toMatchObject({ type: one.type, name: one.name, version: one.version })
})

it.each(['', 'pkg:', 'pkg:npm', 'npm/x@1', 'pkg:nothing-known/x@1', 'http://x'])('%j is no package URL', (text) => {
  expect(parsePackageUrl(text)).toBeUndefined()
})

describe('a bill of materials', () => {
  it.each(['cyclonedx-json', 'spdx-json'] as const)('of the form %s is read again as it was written', (format) => {
    const read = readSbom(billText(inventory, format, o), { name: 'bill.json' })
    if (!read.ok) return expect.fail(read.reason)
    expect(read.inventory.packages.map(({ type, name, version }) => [type, name, version])).toEqual(
      inventory.packages.map(({ type, name, version }) => [type, name, version]),
    )
    expect(read.inventory.packages[0]?.source?.name).toBe('openssl')
    expect(read.inventory.target.distribution).toMatchObject({ id: 'debian', version: '12' })
    expect(read.inventory.unjudged).toEqual([])
  })

  it('is the same for the same packages at the same time', () => {
    for (const format of ['cyclonedx-json', 'spdx-json'] as const) expect(billText(inventory, format, o)).toBe(billText(structuredClone(inventory), format, o))
  })

  it('in CycloneDX names layers, licences, groups and the flaws that are known', () => {
    const flaw = (one: ScannedPackage): Finding => ({
      id: 'CVE-1',
      aliases: ['GHSA-1'],
      package: one,
      severity: 'high',
      cvss: { vector: 'V', score: 7.5 },
      fixedVersion: '9',
      references: ['https://x.example'],
    })
    expect(cyclonedx(inventory, [flaw(ui), flaw(openssl)], o)).toMatchObject({
      specVersion: '1.5',
      metadata: { timestamp: '2026-01-02T00:00:00.000Z', component: { type: 'container', name: 'acme/app:1', version: 'sha256:d' } },
      components: [
        { type: 'operating-system', name: 'debian', version: '12' },
        {
          name: 'libssl3',
          properties: expect.arrayContaining([
            { name: 'slipway:layer', value: '1 sha256:a' },
            { name: 'aquasecurity:trivy:SrcName', value: 'openssl' },
          ]),
        },
        { name: 'org.acme.tools:ui' },
        { group: '@acme', name: 'ui', licenses: [{ license: { name: 'MIT' } }] },
      ],
      vulnerabilities: [
        {
          id: 'CVE-1',
          ratings: [{ severity: 'high', score: 7.5, vector: 'V' }],
          affects: [{ ref: 'pkg:npm/%40acme/ui@1.0.0' }, { ref: expect.stringContaining('libssl3') }],
        },
      ],
    })
  })

  it('in SPDX describes the image, and contains each package', () => {
    const bill = JSON.parse(billText(inventory, 'spdx-json', o))
    expect(bill).toMatchObject({ spdxVersion: 'SPDX-2.3', creationInfo: { created: '2026-01-02T00:00:00Z', creators: ['Tool: slipway-1.2.3'] } })
    expect(bill.relationships).toHaveLength(4)
    const ids = bill.packages.map(({ SPDXID }: { readonly SPDXID: string }) => SPDXID)
    for (const { relatedSpdxElement } of bill.relationships) expect(ids).toContain(relatedSpdxElement)
  })

  it('of others: epochs beside versions, sources of syft and of trivy, nested components, and what nobody can judge', () => {
    const bill = {
      bomFormat: 'CycloneDX',
      components: [
        { type: 'operating-system', name: 'debian', version: '12.4' },
        {
          type: 'library',
          name: 'zlib1g',
          purl: 'pkg:deb/debian/zlib1g@1.2.13?arch=amd64&distro=debian-12.4&epoch=1&upstream=zlib@1.2.13',
          components: [{ type: 'library', name: 'inner', purl: 'pkg:pypi/inner@1' }],
        },
        { type: 'library', name: 'thing' },
      ],
    }
    const read = readSbom(JSON.stringify(bill), { name: 'x' })
    expect(read).toMatchObject({
      ok: true,
      inventory: {
        packages: [
          { type: 'deb', name: 'zlib1g', version: '1:1.2.13', source: { name: 'zlib', version: '1.2.13' } },
          { type: 'pypi', name: 'inner' },
        ],
        unjudged: [{ what: expect.stringContaining('thing'), count: 1 }],
      },
    })
  })

  it.each([
    '',
    '5',
    '{}',
    '{"bomFormat": "x"}',
    '{"spdxVersion": 5}',
    `{"bomFormat": "CycloneDX", "components": [${'{"name": "a", "components": ['.repeat(200)}${']}'.repeat(200)}]}`,
  ])('that is none is said to be none: %#', (text) => {
    expect(readSbom(text, { name: 'x' })).toMatchObject({ ok: false, reason: expect.any(String) })
  })
})
