/**
 * Package URLs, as bills of materials name packages: `pkg:npm/%40acme/ui@1.2.3`, `pkg:deb/debian/openssl@3.0.11-1?arch=amd64&distro=debian-12`.
 * https://github.com/package-url/purl-spec
 */
import { type PackageType, packageTypes, type ScannedPackage } from './package.ts'
import type { Distribution } from './report.ts'

/** How namespace and name are joined in the name that people know; for distributions the namespace is the distribution. */
const joints: Readonly<Partial<Record<PackageType, string>>> = { maven: ':', npm: '/', golang: '/', composer: '/', swift: '/' }

export interface PackageUrl {
  readonly type: PackageType
  readonly namespace?: string
  /** As people write it, namespace included where that belongs to it. */
  readonly name: string
  readonly version: string
  readonly qualifiers: Readonly<Record<string, string>>
}

/** Undefined for what is none, or of a type that nobody here knows. */
export function parsePackageUrl(text: string): PackageUrl | undefined {
  const found = /^pkg:\/*([A-Za-z0-9.+-]+)\/([^@?#]+)(?:@([^?#]*))?(?:\?([^#]*))?(?:#.*)?$/.exec(text)
  const type = packageTypes.find((known) => known === found?.[1]?.toLowerCase())
  if (found === null || type === undefined) return undefined
  const parts = (found[2] ?? '').split('/').filter((part) => part !== '')
  const name = decoded(parts.at(-1) ?? '')
  const namespace = parts.slice(0, -1).map(decoded).join('/')
  const joint = joints[type]
  return {
    type,
    ...(namespace !== '' && { namespace }),
    name: joint === undefined || namespace === '' ? name : `${namespace}${joint}${name}`,
    version: decoded(found[3] ?? ''),
    qualifiers: Object.fromEntries(new URLSearchParams(found[4] ?? '')),
  }
}

/** Of a package of a distribution it names the distribution. */
export function packageUrl(one: ScannedPackage, distribution?: Distribution): string {
  const { path, qualifiers } = pathOf(one, distribution)
  const version = one.version === '' ? '' : `@${encoded(one.version)}`
  const more = Object.entries(qualifiers).map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
  return `pkg:${one.type}/${path.map(encoded).join('/')}${version}${more.length === 0 ? '' : `?${more.join('&')}`}`
}

const ofDistributions: readonly PackageType[] = ['deb', 'apk', 'rpm']

function pathOf(
  { type, name, version, architecture, source }: ScannedPackage,
  distribution?: Distribution,
): { readonly path: readonly string[]; readonly qualifiers: Readonly<Record<string, string>> } {
  if (!ofDistributions.includes(type)) {
    const joint = joints[type]
    const parts = joint === undefined ? [name] : name.split(joint)
    return { path: joint === ':' ? [...(parts[0] ?? '').split('/'), ...parts.slice(1)] : parts, qualifiers: {} }
  }
  const distro = distribution === undefined ? undefined : `${distribution.id}${distribution.version === undefined ? '' : `-${distribution.version}`}`
  const upstream = source === undefined || source.name === name ? undefined : `${source.name}${source.version === version ? '' : `@${source.version}`}`
  return {
    path: distribution === undefined ? [name] : [distribution.id, name],
    qualifiers: {
      ...(architecture !== undefined && { arch: architecture }),
      ...(distro !== undefined && { distro }),
      ...(upstream !== undefined && { upstream }),
    },
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** A colon stays as it is: versions of packages of distributions are full of them. */
function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll('%3A', ':')
}
