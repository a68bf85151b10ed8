/** Hosts that are mapped to an embedded registry. Apart, so that the server is not loaded where there are none. */
import type { HostMapping } from '../registry/endpoint.ts'

export const embeddedScheme = 'embedded:'

/** Itself, or one of its mirrors. */
export function isEmbedded({ endpoint, mirrors = [] }: HostMapping): boolean {
  return [endpoint, ...mirrors].some((text) => text?.startsWith(embeddedScheme) === true)
}
