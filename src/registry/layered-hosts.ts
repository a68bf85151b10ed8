/** The hosts mapping of the configuration with what one step says about registries laid over it. */
import { normalRegistry } from '../oci/registry-host.ts'
import { type HostMapping, mappingOf } from './endpoint.ts'

export type HostWays = Omit<HostMapping, 'match'>

export interface HostLayer {
  /** By host. A name is a registry as people write it. */
  readonly hosts: Readonly<Record<string, HostWays>>
  /** For every host, below what `hosts` says. */
  readonly every: HostWays
}

/** What the configuration says about a host stays, where the step says nothing about it. */
export function layeredHosts(base: readonly HostMapping[], { hosts, every }: HostLayer): readonly HostMapping[] {
  const named = Object.entries(hosts).map(([name, ways]): HostMapping => {
    const match = normalRegistry(name)
    return { ...mappingOf(match, base), ...every, ...ways, match }
  })
  if (Object.keys(every).length === 0) return [...named, ...base]
  return [...named, ...base.map((rule) => ({ ...rule, ...every })), { match: '*', ...every }]
}
