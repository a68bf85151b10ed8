/** Where a registry really is: the `hosts` mapping from registry names to endpoints. */
import { problem } from '../base/problem.ts'
import { dockerHub, registryOfUrl } from '../oci/registry-host.ts'

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
  /** PEM text of a certificate to show to this host, and of its key. */
  readonly clientCert?: string
  readonly clientKey?: string
  /**
   * Where manifests and blobs are looked for first when pulling, in this order: URLs as in `endpoint`. Each is a registry of its own:
   * its credentials and its TLS settings are those of its own host. `endpoint` comes after them all.
   */
  readonly mirrors?: readonly string[]
  /** Pull from mirrors or not at all. */
  readonly mirrorsOnly?: boolean
}

export interface Endpoint {
  /** The registry's own name, for credentials and messages. A mirror goes by its own name. */
  readonly registry: string
  /** `https://host:port`. */
  readonly origin: string
  /** Goes before every repository: empty, or `mirror/` with its slash. */
  readonly prefix: string
  /** The prefix is a part of the name that credentials are looked up for. */
  readonly mirror?: boolean
  readonly skipVerify: boolean
  readonly ca?: string
  readonly clientCert?: string
  readonly clientKey?: string
}

export function endpointOf(registry: string, hosts: readonly HostMapping[]): Endpoint {
  const mapping = mappingOf(registry, hosts)
  const plain = mapping?.plainHttp ?? (mapping?.endpoint === undefined && isLoopback(registry))
  const url = parseEndpoint(mapping?.endpoint ?? realHost(registry), plain, mapping?.match ?? registry)
  return { registry, ...placeOf(url), ...tlsOf(mapping) }
}

/** Where to pull from, best first: the mirrors, then the registry itself. */
export function pullEndpoints(registry: string, hosts: readonly HostMapping[]): readonly Endpoint[] {
  const mapping = mappingOf(registry, hosts)
  const mirrors = (mapping?.mirrors ?? []).map((text) => mirrorOf(text, mapping?.match ?? registry, hosts))
  return mapping?.mirrorsOnly === true && mirrors.length > 0 ? mirrors : [...mirrors, endpointOf(registry, hosts)]
}

function mirrorOf(text: string, match: string, hosts: readonly HostMapping[]): Endpoint {
  const host = registryOfUrl(text) ?? text
  const own = mappingOf(host, hosts)
  return { registry: host, ...placeOf(parseEndpoint(text, own?.plainHttp ?? isLoopback(host), match)), mirror: true, ...tlsOf(own) }
}

export function mappingOf(registry: string, hosts: readonly HostMapping[]): HostMapping | undefined {
  return hosts.find((entry) => matchesHost(entry.match, registry))
}

function placeOf(url: URL): Pick<Endpoint, 'origin' | 'prefix'> {
  return { origin: url.origin, prefix: url.pathname.replace(/^\/+(?:v2\/?$)?/, '').replace(/([^/])\/*$/, '$1/') }
}

function tlsOf(mapping: HostMapping | undefined): Pick<Endpoint, 'skipVerify' | 'ca' | 'clientCert' | 'clientKey'> {
  if ((mapping?.clientCert === undefined) !== (mapping?.clientKey === undefined))
    throw problem('HOSTS_INVALID', { match: mapping?.match ?? '', reason: 'clientCert and clientKey belong together' })
  return {
    skipVerify: mapping?.skipVerify ?? false,
    ...(mapping?.ca !== undefined && { ca: mapping.ca }),
    ...(mapping?.clientCert !== undefined && { clientCert: mapping.clientCert }),
    ...(mapping?.clientKey !== undefined && { clientKey: mapping.clientKey }),
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
