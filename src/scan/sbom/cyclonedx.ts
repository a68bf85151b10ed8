/** Bills of materials as CycloneDX 1.5, with the flaws where they are known. https://cyclonedx.org/docs/1.5/json/ */
import type { Instant } from '../../base/clock.ts'
import type { Finding } from '../finding.ts'
import { packageKey, type ScannedPackage } from '../package.ts'
import { packageUrl } from '../package-url.ts'
import type { Distribution, Inventory } from '../report.ts'
import { trivyProperties } from './trivy-properties.ts'

export interface BillOptions {
  readonly at: Instant
  /** Of this program. */
  readonly version?: string
}

export function cyclonedx({ target, packages, layers }: Inventory, findings: readonly Finding[] | undefined, o: BillOptions): object {
  const { distribution } = target
  const refs = refsOf(packages, distribution)
  const numbers = new Map(layers.map(({ diffId }, i) => [diffId, i + 1]))
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.5.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: {
      timestamp: new Date(o.at).toISOString(),
      tools: { components: [{ type: 'application', name: 'slipway', ...(o.version !== undefined && { version: o.version }) }] },
      component: {
        'bom-ref': 'target',
        type: target.kind === 'image' ? 'container' : 'file',
        name: target.name,
        ...(target.digest !== undefined && { version: target.digest }),
      },
    },
    components: [
      ...(distribution === undefined ? [] : [systemOf(distribution)]),
      ...packages.map((one) => component(one, refs.get(packageKey(one)) ?? '', numbers, distribution)),
    ],
    ...(findings !== undefined && { vulnerabilities: vulnerabilities(findings, refs) }),
  }
}

/** A package of two architectures is there twice: each entry has a name of its own. */
function refsOf(packages: readonly ScannedPackage[], distribution: Distribution | undefined): ReadonlyMap<string, string> {
  return new Map(packages.map((one) => [packageKey(one), packageUrl(one, distribution)]))
}

function systemOf({ id, version, name }: Distribution): object {
  return {
    'bom-ref': 'system',
    type: 'operating-system',
    name: id,
    ...(version !== undefined && { version }),
    ...(name !== undefined && { description: name }),
  }
}

function component(one: ScannedPackage, ref: string, numbers: ReadonlyMap<string, number>, distribution: Distribution | undefined): object {
  const [group, name] = one.type === 'npm' && one.name.startsWith('@') ? one.name.split('/') : [undefined, one.name]
  const properties = [
    ...one.locations.flatMap(({ path, layer }) => [
      { name: 'slipway:path', value: path },
      ...(layer === undefined ? [] : [{ name: 'slipway:layer', value: `${numbers.get(layer) ?? '?'} ${layer}` }]),
    ]),
    ...trivyProperties(one, distribution),
  ]
  return {
    'bom-ref': ref,
    type: 'library',
    ...(group !== undefined && { group }),
    name,
    version: one.version,
    purl: ref,
    ...(one.licenses !== undefined && one.licenses.length > 0 && { licenses: one.licenses.map((text) => ({ license: { name: text } })) }),
    ...(properties.length > 0 && { properties }),
  }
}

/** Each flaw once, with all that it affects. */
function vulnerabilities(findings: readonly Finding[], refs: ReadonlyMap<string, string>): readonly object[] {
  return [...Map.groupBy(findings, ({ id }) => id)].map(([id, all]) => {
    const [{ aliases, references, title, description, severity, cvss }] = all as [Finding, ...Finding[]]
    const fixes = all.flatMap((one) => (one.fixedVersion === undefined ? [] : [`${one.package.name}: ${one.fixedVersion}`]))
    const text = description ?? title
    return {
      'bom-ref': id,
      id,
      ...(aliases.length > 0 && { references: aliases.map((name) => ({ id: name, source: { name: name.split('-')[0] } })) }),
      ratings: [{ severity, ...(cvss !== undefined && { score: cvss.score, vector: cvss.vector }) }],
      ...(text !== undefined && { description: text }),
      ...(fixes.length > 0 && { recommendation: `Update ${[...new Set(fixes)].join(', ')}` }),
      ...(references.length > 0 && { advisories: references.map((url) => ({ url })) }),
      affects: [...new Set(all.map((one) => refs.get(packageKey(one.package)) ?? packageUrl(one.package)))].map((ref) => ({ ref })),
    }
  })
}
