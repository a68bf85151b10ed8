/** Where a registry really is: the `hosts` mapping from registry names to endpoints. */
import { problem } from '../base/problem.ts'
import { dockerHub } from '../oci/registry-host.ts'

/** One entry of `hosts`. The first entry whose `match` fits is taken. */
export interface HostMapping {
  /** A registry host, or a pattern in which `*` stands for any text: `*.dkr.ecr.*.amazonaws.com`. */
  readonly match: string
  /** URL of another registry; a path in it goes before the repository. Without a scheme `plainHttp` decides. */
  readonly endpoint?: string
  readonly plainHttp?: boolean
  readonly skipVerify?: boolean
  /** PEM text of the certificate authorities to trust for this host. */
  readonly ca?: string
}

export interface Endpoint {
  /** The registry's own name, for credentials and messages. */
  readonly registry: string
  /** `https://host:port`. */
  readonly origin: string
  /** Goes before every repository: empty, or `mirror/` with its slash. */
  readonly prefix: string
  readonly skipVerify: boolean
  readonly ca?: string
}

export function endpointOf(registry: string, hosts: readonly HostMapping[]): Endpoint {
  const mapping = hosts.find((entry) => matchesHost(entry.match, registry))
  const plain = mapping?.plainHttp ?? (mapping?.endpoint === undefined && isLoopback(registry))
  const url = parseEndpoint(mapping?.endpoint ?? realHost(registry), plain, mapping?.match ?? registry)
  return {
    registry,
    origin: url.origin,
    prefix: url.pathname.replace(/^\/+(?:v2\/?$)?/, '').replace(/([^/])\/*$/, '$1/'),
    skipVerify: mapping?.skipVerify ?? false,
    ...(mapping?.ca !== undefined && { ca: mapping.ca }),
  }
}

export function matchesHost(pattern: string, registry: string): boolean {
  if (!pattern.includes('*')) return pattern.toLowerCase() === registry.toLowerCase()
  // Split and search instead of a regular expression: a pattern with many stars stays cheap.
  const [first = '', ...rest] = pattern.toLowerCase().split('*')
  const last = rest.pop() ?? ''
  let text = registry.toLowerCase()
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last)) return false
  text = text.slice(first.length, text.length - last.length)
  for (const part of rest) {
    const at = text.indexOf(part)
    if (at < 0) return false
    text = text.slice(at + part.length)
  }
  return true
}

/** Docker Hub's API has a host of its own. */
function realHost(registry: string): string {
  return registry === dockerHub ? 'registry-1.docker.io' : registry
}

/** Registries on this machine speak plain HTTP unless a mapping says otherwise, as every container tool takes it. */
function isLoopback(registry: string): boolean {
  const host = registry.replace(/:\d+$/, '')
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host)
}

function parseEndpoint(text: string, plain: boolean, match: string): URL {
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `${plain ? 'http' : 'https'}://${text}`
  const url = URL.canParse(full) ? new URL(full) : undefined
  if (url === undefined || url.hostname === '') throw problem('HOSTS_INVALID', { match, reason: `"${text}" is not a URL` })
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw problem('HOSTS_INVALID', { match, reason: `the scheme ${url.protocol}// is not http or https` })
  if (url.username !== '' || url.password !== '')
    throw problem('HOSTS_INVALID', { match, reason: 'the endpoint holds credentials; give them as credentials of the registry' })
  return url
}
