/** A bill of materials that somebody else wrote, as packages: CycloneDX or SPDX 2, both as JSON. What has no package URL cannot be judged. */
import * as v from 'valibot'
import { gatherPackages } from '../gather.ts'
import type { ScannedPackage } from '../package.ts'
import { type PackageUrl, parsePackageUrl } from '../package-url.ts'
import type { Distribution, Inventory } from '../report.ts'
import { type Component, cyclonedxBill, spdxBill } from './schema.ts'

export type BillRead = { readonly ok: true; readonly inventory: Inventory } | { readonly ok: false; readonly reason: string }

/** Deeper than any tool nests them. */
const deepest = 64

export function readSbom(text: string, o: { readonly name: string }): BillRead {
  const json = parsed(text)
  if (typeof json !== 'object' || json === null) return { ok: false, reason: 'it is no JSON object' }
  if (nestedTooDeep(json)) return { ok: false, reason: `it is nested deeper than ${deepest} levels` }
  if ('bomFormat' in json) return read(v.safeParse(cyclonedxBill, json), (bill) => ofCyclonedx(bill.components ?? [], o.name))
  if ('spdxVersion' in json) return read(v.safeParse(spdxBill, json), (bill) => ofSpdx(bill, o.name))
  return { ok: false, reason: 'it is neither CycloneDX nor SPDX' }
}

function read<T>(
  answer: { readonly success: true; readonly output: T } | { readonly success: false; readonly issues: readonly v.BaseIssue<unknown>[] },
  use: (bill: T) => Inventory,
): BillRead {
  if (answer.success) return { ok: true, inventory: use(answer.output) }
  const [issue] = answer.issues
  return { ok: false, reason: issue === undefined ? 'it has another shape' : `${v.getDotPath(issue) ?? 'it'}: ${issue.message}` }
}

function ofCyclonedx(components: readonly Component[], name: string): Inventory {
  const all = flat(components)
  const system = all.find(({ type }) => type === 'operating-system')
  const own: Distribution | undefined = system === undefined ? undefined : { id: system.name, ...(system.version != null && { version: system.version }) }
  const named = all.filter(({ type }) => type !== 'operating-system' && type !== 'container' && type !== 'file')
  return inventory(
    named.map((one) => ({ name: one.name, purl: one.purl ?? undefined, source: sourceOf(one) })),
    { name, distribution: own },
  )
}

function flat(components: readonly Component[]): readonly Component[] {
  return components.flatMap((one) => [one, ...flat(one.components ?? [])])
}

/** As trivy writes it. */
function sourceOf({ properties }: Component): ScannedPackage['source'] {
  const said = (name: string): string => properties?.find((one) => one.name === `aquasecurity:trivy:${name}`)?.value ?? ''
  if (said('SrcName') === '' || said('SrcVersion') === '') return undefined
  const [epoch, release] = [said('SrcEpoch'), said('SrcRelease')]
  return { name: said('SrcName'), version: `${epoch === '' || epoch === '0' ? '' : `${epoch}:`}${said('SrcVersion')}${release === '' ? '' : `-${release}`}` }
}

function ofSpdx({ packages }: v.InferOutput<typeof spdxBill>, name: string): Inventory {
  const system = (packages ?? []).find(({ primaryPackagePurpose }) => primaryPackagePurpose === 'OPERATING-SYSTEM')
  const own: Distribution | undefined =
    system === undefined ? undefined : { id: system.name, ...(system.versionInfo != null && { version: system.versionInfo }) }
  const listed = (packages ?? []).filter(({ primaryPackagePurpose: purpose }) => purpose !== 'OPERATING-SYSTEM' && purpose !== 'CONTAINER')
  const purl = (one: (typeof listed)[number]) => (one.externalRefs ?? []).find(({ referenceType }) => referenceType === 'purl')?.referenceLocator ?? undefined
  return inventory(
    listed.map((one) => ({ name: one.name, purl: purl(one), source: undefined })),
    { name, distribution: own },
  )
}

interface Listed {
  readonly name: string
  readonly purl: string | undefined
  readonly source: ScannedPackage['source']
}

function inventory(listed: readonly Listed[], o: { readonly name: string; readonly distribution: Distribution | undefined }): Inventory {
  const urls = listed.map((one) => ({ ...one, url: one.purl === undefined ? undefined : parsePackageUrl(one.purl) }))
  const unknown = urls.filter(({ url }) => url === undefined)
  const packages = urls.flatMap(({ url, source }) => (url === undefined ? [] : [packageOf(url, source)]))
  const distribution = o.distribution ?? urls.map(({ url }) => distributionOf(url)).find((one) => one !== undefined)
  const names = unknown.slice(0, 5).map(({ name }) => name)
  return {
    target: { kind: 'sbom', name: o.name, ...(distribution !== undefined && { distribution }) },
    layers: [],
    packages: gatherPackages(packages),
    unjudged:
      unknown.length === 0
        ? []
        : [
            {
              kind: 'packages',
              what: `components such as ${names.join(', ')}`,
              reason: 'they have no package URL that is known here',
              count: unknown.length,
              paths: [],
            },
          ],
  }
}

function packageOf({ type, name, version, qualifiers }: PackageUrl, given: ScannedPackage['source']): ScannedPackage {
  const full = qualifiers['epoch'] === undefined || version.includes(':') ? version : `${qualifiers['epoch']}:${version}`
  const [upstream = '', upstreamVersion] = (qualifiers['upstream'] ?? '').split('@')
  const source = given ?? (upstream === '' ? undefined : { name: upstream, version: upstreamVersion ?? full })
  return {
    type,
    name,
    version: full,
    ...(source !== undefined && { source }),
    ...(qualifiers['arch'] !== undefined && { architecture: qualifiers['arch'] }),
    locations: [],
  }
}

/** `distro=debian-12.4`. */
function distributionOf(url: PackageUrl | undefined): Distribution | undefined {
  const distro = url?.qualifiers['distro']
  if (url?.namespace === undefined || distro === undefined || (url.type !== 'deb' && url.type !== 'apk' && url.type !== 'rpm')) return undefined
  const version = distro.startsWith(`${url.namespace}-`) ? distro.slice(url.namespace.length + 1) : distro
  return { id: url.namespace, version }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    return undefined
  }
}

/** JSON itself has no limit, and what walks it has a stack. */
function nestedTooDeep(value: unknown): boolean {
  let level = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest) return true
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []))
  }
  return false
}
