/** What trivy wants to know of a package of a distribution in a CycloneDX bill, so that it judges it by its source as it would in the image. */
import type { ScannedPackage } from '../package.ts'
import type { Distribution } from '../report.ts'

export function trivyProperties(
  { type, source, locations }: ScannedPackage,
  distribution: Distribution | undefined,
): readonly { readonly name: string; readonly value: string }[] {
  if (distribution === undefined || (type !== 'deb' && type !== 'apk')) return []
  const layer = locations[0]?.layer
  const parts = source === undefined ? undefined : /^(?:(\d+):)?(.*?)(?:-([^-]*))?$/.exec(source.version)
  const epoch = parts?.[1]
  const [version, release] = type === 'apk' ? [source?.version, undefined] : [parts?.[2], parts?.[3]]
  return Object.entries({
    PkgType: distribution.id,
    SrcName: source?.name,
    SrcVersion: version,
    SrcRelease: release,
    SrcEpoch: epoch,
    LayerDiffID: layer,
  }).flatMap(([name, value]) => (value === undefined ? [] : [{ name: `aquasecurity:trivy:${name}`, value }]))
}
