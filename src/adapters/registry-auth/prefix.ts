/** What a login belongs to: a registry host, or a path on it. `ghcr.io/acme` fits `ghcr.io/acme/app`, not `ghcr.io/acme2/app`. */
import { isRegistryHost, normalRegistry } from '../../oci/registry-host.ts'
import type { RegistryTarget } from '../../ports/registry-auth.ts'

export interface Prefix {
  readonly registry: string
  /** Without slashes at its ends; empty for the whole registry. */
  readonly path: string
}

/**
 * From a key of docker's configuration or the URL of a connector. Scheme, user, query and the API's version are no part of it:
 * `https://index.docker.io/v1/` is `docker.io`, `https://ghcr.io/ACME` is `ghcr.io/acme`. Undefined when it names no host.
 */
export function parsePrefix(text: string): Prefix | undefined {
  const bare = text
    .trim()
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
    .replace(/[?#].*$/s, '')
    .replace(/^[^/@]*@/, '')
  const [host = '', ...rest] = bare.split('/')
  if (!isRegistryHost(host)) return undefined
  const parts = rest.filter((part) => part !== '').map((part) => part.toLowerCase())
  return { registry: normalRegistry(host), path: (/^v[12]$/.test(parts[0] ?? '') ? parts.slice(1) : parts).join('/') }
}

export function fits({ registry, path }: Prefix, target: RegistryTarget): boolean {
  return registry === target.registry && (path === '' || target.repository === path || target.repository.startsWith(`${path}/`))
}

export function showPrefix({ registry, path }: Prefix): string {
  return path === '' ? registry : `${registry}/${path}`
}
