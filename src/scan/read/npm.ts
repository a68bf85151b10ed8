/** Packages of npm that are installed: each has a package.json with its name and version. */
import type { Found } from './found.ts'

/** What is directly in a node_modules folder is a package; files of that name deeper inside may be anything. */
const packageFolder = /(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/@][^/]*\/package\.json$/

/** Undefined for a package.json that stands for no package. */
export function readNpmPackage(text: string, path: string): Found | undefined {
  const value = jsonObject(text)
  const { name, version } = value ?? {}
  if (typeof name === 'string' && name !== '' && typeof version === 'string' && version !== '') {
    const license = licenseOf(value ?? {})
    return { kind: 'packages', packages: [{ type: 'npm', name, version, ...(license !== undefined && { licenses: [license] }) }] }
  }
  if (!packageFolder.test(path)) return undefined
  return { kind: 'unread', what: 'broken', reason: value === undefined ? 'it is no JSON object' : 'it has no name and version' }
}

export function jsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text.startsWith('\ufeff') ? text.slice(1) : text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function licenseOf({ license }: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof license === 'string' && license !== '') return license
  return isObject(license) && typeof license['type'] === 'string' ? license['type'] : undefined
}
