/** The repository a job delivers to: what the settings name, with the registry in front. */
import { diagnose } from '../base/diagnostic.ts'
import { known, mapPlanned, type Planned } from '../base/planned.ts'
import { parseRef } from '../oci/ref.ts'
import { dockerHub, registryOfUrl } from '../oci/registry-host.ts'
import type { Variant } from '../settings/vocabulary.ts'
import type { Knobs } from './knobs.ts'
import { allPlanned } from './planned-list.ts'

export interface TargetContext {
  /** URL of the connector, `https://ghcr.io/acme`. */
  readonly connectorUrl?: string
  /** Registry and path that stand before a repository without a host. */
  readonly ownRegistry?: string
}

/** Undefined when no repository is named. Complaints go to the knobs. */
export function repositoryOf(k: Knobs, context: TargetContext = {}): Planned<string> | undefined {
  const repo = k.plain('repo')
  if (repo === undefined) return undefined
  const prefix = prefixes[k.family.variant](k, context)
  if (prefix === undefined) return mapPlanned(repo, (name) => checked(k, name))
  return mapPlanned(allPlanned(prefix, repo), ([registry, name]) => checked(k, joinPath(registry, name)))
}

/** Registry and path in front of a repository, or undefined when it stands alone. */
export function prefixOf(k: Knobs, context: TargetContext = {}): Planned<string> | undefined {
  return prefixes[k.family.variant](k, context)
}

export function joinPath(registry: string, name: string): string {
  const host = registry.replace(/^[a-z]+:\/\//i, '').replace(/\/+$/, '')
  return host === '' || name === host || name.startsWith(`${host}/`) ? name : `${host}/${name.replace(/^\/+/, '')}`
}

const prefixes: Readonly<Record<Variant, (k: Knobs, c: TargetContext) => Planned<string> | undefined>> = {
  docker: dockerPrefix,
  ecr: ecrPrefix,
  gar: googlePrefix,
  gcr: googlePrefix,
  acr: acrPrefix,
}

/** The original never puts the host in front unless told to; a repository without one would go to Docker Hub with another registry's credentials. */
function dockerPrefix(k: Knobs, { connectorUrl, ownRegistry }: TargetContext): Planned<string> | undefined {
  if (ownRegistry !== undefined) return inOwnRegistry(k, ownRegistry)
  if (k.on('expandRepo')) {
    const registry = k.plain('registry')
    return registry === undefined ? undefined : mapPlanned(registry, (url) => (registryOfUrl(url) === dockerHub ? '' : url))
  }
  const host = connectorUrl === undefined ? undefined : registryOfUrl(connectorUrl)
  const repo = k.plain('repo')
  if (host === undefined || host === dockerHub || repo?.kind !== 'known' || hasHost(repo.value)) return undefined
  k.diagnostics.push(diagnose('JOB_REPO_WITHOUT_HOST', { repo: repo.value, host }, { at: k.at('repo') }))
  return known(host)
}

function inOwnRegistry(k: Knobs, path: string): Planned<string> | undefined {
  const repo = k.plain('repo')
  return repo?.kind === 'known' && hasHost(repo.value) ? undefined : known(path)
}

function ecrPrefix(k: Knobs): Planned<string> | undefined {
  const registry = k.plain('registry')
  if (registry !== undefined) return registry
  const [account, region] = [k.plain('account'), k.plain('region')]
  if (account !== undefined && region !== undefined) return mapPlanned(allPlanned(account, region), ([a, r]) => ecrHost(a, r))
  return standsAlone(k, 'account')
}

export function ecrHost(account: string, region: string): string {
  return `${account}.dkr.ecr.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`
}

function googlePrefix(k: Knobs): Planned<string> | undefined {
  const [host, project, location] = [k.plain('host'), k.plain('projectId'), k.plain('location')]
  if (host?.kind === 'known' && host.value.replace(/^[a-z]+:\/\//, '').includes('/')) {
    k.diagnostics.push(diagnose('JOB_HOST_HAS_PATH', { host: host.value }, { at: k.at('host') }))
  }
  if (host !== undefined) return project === undefined ? host : mapPlanned(allPlanned(host, project), ([h, p]) => joinPath(h, p))
  if (k.given('registry')) return k.plain('registry')
  if (location !== undefined) return mapPlanned(location, (l) => `${l}-docker.pkg.dev`)
  return k.plain('registry') ?? standsAlone(k, 'host')
}

function acrPrefix(k: Knobs, { connectorUrl }: TargetContext): Planned<string> | undefined {
  const registry = k.plain('registry')
  const repo = k.plain('repo')
  if (registry !== undefined) return repo?.kind === 'known' && hasHost(repo.value) ? undefined : registry
  const host = connectorUrl === undefined ? undefined : registryOfUrl(connectorUrl)
  if (host !== undefined && repo?.kind === 'known' && !hasHost(repo.value)) return known(host)
  return standsAlone(k, 'registry')
}

/** A repository that names its host needs nothing in front; any other has nowhere to go. */
function standsAlone(k: Knobs, missing: 'account' | 'host' | 'registry'): undefined {
  const repo = k.plain('repo')
  if (repo?.kind !== 'known' || hasHost(repo.value)) return undefined
  k.diagnostics.push(
    diagnose('JOB_REGISTRY_MISSING', { field: missing === 'registry' ? k.name('repo') : k.name(missing), repo: repo.value }, { at: k.at('repo') }),
  )
  return undefined
}

export function hasHost(repo: string): boolean {
  const slash = repo.indexOf('/')
  const first = slash < 0 ? '' : repo.slice(0, slash)
  return first.includes('.') || first.includes(':') || first === 'localhost'
}

/** Says once what is wrong with the name, whatever the number of tags. */
function checked(k: Knobs, name: string): string {
  const span = k.at('repo')
  // A first part in upper case would be taken for a host; nobody means that, and no registry is called so.
  const lower = name.toLowerCase()
  if (!hasHost(name) && name !== lower) {
    k.diagnostics.push(diagnose('REF_INVALID', { text: name, reason: `the repository must be lower case: "${lower}"` }, { at: span }))
    return name
  }
  const ref = parseRef(name, span === undefined ? {} : { at: span })
  k.diagnostics.push(...ref.diagnostics)
  if (ref.ok && (ref.value.tag !== undefined || ref.value.digest !== undefined)) {
    k.diagnostics.push(diagnose('JOB_REPO_HAS_TAG', { repo: name, field: k.name('repo') }, { at: span }))
  }
  return name
}
