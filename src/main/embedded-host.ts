/** Hosts that are mapped to an embedded registry. Apart, so that the server is not loaded where there are none. */
import type { HostMapping } from '../registry/endpoint.ts'

export const embeddedScheme = 'embedded:'

export function isEmbedded(rule: HostMapping): rule is HostMapping & { readonly endpoint: string } {
  return rule.endpoint?.startsWith(embeddedScheme) === true
}
