/** The files a job writes about itself. */
import { known, mapPlanned, type Planned } from '../base/planned.ts'
import type { Reports } from './image-job.ts'
import type { Knobs } from './knobs.ts'
import { absolutePath } from './paths.ts'
import { prefixOf, type TargetContext } from './targets.ts'

const files = {
  digestFile: 'digestFile',
  nameDigestFile: 'imageNameWithDigestFile',
  nameTagDigestFile: 'imageNameTagWithDigestFile',
  artifactFile: 'artifactFile',
  metadataFile: 'metadataFile',
  cacheMetricsFile: 'cacheMetricsFile',
  cardFile: 'cardPath',
  outputFile: 'outputFile',
} as const satisfies { readonly [F in Exclude<keyof Reports, 'registryUrl' | 'registryType'>]: string }

const types = { docker: 'Docker', ecr: 'ECR', gar: 'GAR', gcr: 'GCR', acr: 'ACR' } as const

/** The digest file of kaniko is a default of that tool, not a wish: only a file somebody named is written. */
export function reportsOf(k: Knobs, context: TargetContext & { readonly workspace: string }): Reports {
  const found: Record<string, Planned<string>> = {}
  for (const [name, key] of Object.entries(files)) {
    const path = k.given(key) ? k.plain(key) : undefined
    if (path !== undefined) found[name] = mapPlanned(path, (p) => absolutePath(context.workspace, p))
  }
  const type = k.plain('registryType')
  const url = registryUrl(k, context)
  return { ...found, ...(url !== undefined && { registryUrl: url }), registryType: type?.kind === 'known' ? type.value : types[k.family.variant] }
}

/** What is said of it, the connector's address, or the registry that the repository is put in; undefined where only the references tell. */
function registryUrl(k: Knobs, context: TargetContext): Planned<string> | undefined {
  if (k.given('artifactRegistry')) return k.plain('artifactRegistry')
  if (k.given('registry')) return k.plain('registry')
  if (k.family.variant === 'docker') return context.connectorUrl === undefined ? undefined : known(context.connectorUrl)
  return k.given('repo') ? prefixOf(k, context) : undefined
}
