/** What a step's transport settings mean for each host, as a layer over the configured mapping. */
import { dockerHub, registryOfUrl } from '../../oci/registry-host.ts'
import type { Purpose, RegistryUse, RegistryWays } from '../../ports/registry-use.ts'
import type { HostLayer, HostWays } from '../../registry/layered-hosts.ts'

export function hostLayer({ ways, registries }: RegistryUse, purpose: Purpose): HostLayer {
  const hosts = new Map<string, HostWays>()
  const add = (host: string, more: HostWays): void => void hosts.set(host, { ...hosts.get(host), ...more })
  const { skipVerify, plainHttp } = ways
  for (const host of skipVerify.hosts) if (host !== '*') add(hostOf(host), { skipVerify: true })
  // Whoever names a certificate for a host means TLS, on this machine as well.
  const secure = { plainHttp: false }
  for (const [host, ca] of Object.entries(ways.certificates)) add(hostOf(host), { ca, ...secure })
  for (const [host, { cert, key }] of Object.entries(ways.clientCertificates)) add(hostOf(host), { clientCert: cert, clientKey: key, ...secure })
  for (const [host, others] of Object.entries(ways.map)) add(hostOf(host), mapped(others, ways, purpose))
  if (purpose === 'pull' && ways.mirrors.length > 0) add(dockerHub, { mirrors: ways.mirrors, ...(ways.mirrorsOnly && { mirrorsOnly: true }) })
  // Docker Hub speaks TLS only; a step that pushes elsewhere in plain HTTP does not mean it.
  if (plainHttp[purpose]) for (const host of purpose === 'push' ? registries : []) if (host !== dockerHub) add(host, { plainHttp: true })
  for (const host of plainHttp.hosts) add(hostOf(host), { plainHttp: true })
  const everywhere = skipVerify[purpose] || skipVerify.hosts.includes('*')
  return { hosts: Object.fromEntries(hosts), every: { ...(everywhere && { skipVerify: true }), ...(ways.ca !== undefined && { ca: ways.ca }) } }
}

/** Pulls may look elsewhere first; a push goes to one place. */
function mapped(others: readonly string[], { mirrorsOnly }: RegistryWays, purpose: Purpose): HostWays {
  const [first] = others
  if (purpose === 'push') return first === undefined ? {} : { endpoint: first }
  return { mirrors: others, ...(mirrorsOnly && { mirrorsOnly: true }) }
}

function hostOf(text: string): string {
  return registryOfUrl(text) ?? text
}
