/** Bills of materials as SPDX 2.3. https://spdx.github.io/spdx-spec/v2.3/ */
import { digestOf } from '../../oci/digest.ts'
import type { ScannedPackage } from '../package.ts'
import { packageUrl } from '../package-url.ts'
import type { Distribution, Inventory } from '../report.ts'
import type { BillOptions } from './cyclonedx.ts'

const unsaid = {
  downloadLocation: 'NOASSERTION',
  filesAnalyzed: false,
  licenseConcluded: 'NOASSERTION',
  licenseDeclared: 'NOASSERTION',
  copyrightText: 'NOASSERTION',
}
const targetId = 'SPDXRef-Target'

export function spdx({ target, packages }: Inventory, o: BillOptions): object {
  const created = new Date(o.at).toISOString().replace(/\.\d+Z$/, 'Z')
  const listed = packages.map((one, i) => entry(one, `SPDXRef-Package-${i + 1}`, target.distribution))
  // The same bill has the same name, another one another.
  const mark = digestOf(JSON.stringify([created, target, listed])).slice('sha256:'.length)
  return {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: target.name,
    documentNamespace: `urn:slipway:spdx:${mark}`,
    creationInfo: { created, creators: [`Tool: slipway${o.version === undefined ? '' : `-${o.version}`}`] },
    packages: [
      {
        SPDXID: targetId,
        name: target.name,
        ...(target.digest !== undefined && { versionInfo: target.digest }),
        ...unsaid,
        ...(target.kind === 'image' && { primaryPackagePurpose: 'CONTAINER' }),
      },
      ...listed,
    ],
    relationships: [
      { spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: targetId },
      ...listed.map(({ SPDXID }) => ({ spdxElementId: targetId, relationshipType: 'CONTAINS', relatedSpdxElement: SPDXID })),
    ],
  }
}

function entry(one: ScannedPackage, id: string, distribution: Distribution | undefined) {
  const paths = one.locations.map(({ path }) => path).filter((path) => path !== '')
  return {
    SPDXID: id,
    name: one.name,
    ...(one.version !== '' && { versionInfo: one.version }),
    ...unsaid,
    ...(one.licenses !== undefined && one.licenses.length > 0 && { licenseComments: `As the package says: ${one.licenses.join(', ')}` }),
    ...(paths.length > 0 && { sourceInfo: `found in ${paths.join(', ')}` }),
    externalRefs: [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: packageUrl(one, distribution) }],
  }
}
