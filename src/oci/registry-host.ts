/** Registry hosts: one spelling for each registry, whatever people and connectors write. */
export const dockerHub = 'docker.io'

/** Every name under which Docker Hub's registry is known; the web address is a common slip in connectors. */
const hubHosts: ReadonlySet<string> = new Set([
  'docker.io',
  'index.docker.io',
  'registry-1.docker.io',
  'registry.docker.io',
  'registry.hub.docker.com',
  'hub.docker.com',
  'www.docker.io',
])

const host = /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?$/

export function isRegistryHost(text: string): boolean {
  return host.test(text)
}

/** `index.docker.io`, `registry-1.docker.io:443` and so on become `docker.io`; other hosts lose only a needless case. */
export function normalRegistry(text: string): string {
  const lower = text.toLowerCase()
  return hubHosts.has(lower.replace(/:443$/, '')) ? dockerHub : lower
}

/** The registry a connector URL means: `https://index.docker.io/v1/` is `docker.io`, `https://gcr.io/acme` is `gcr.io`. Undefined when it names none. */
export function registryOfUrl(url: string): string | undefined {
  const bare = url.trim().replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
  const first = bare.split('/')[0]?.replace(/^[^@]*@/, '') ?? ''
  return isRegistryHost(first) ? normalRegistry(first) : undefined
}
