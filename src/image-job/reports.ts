/** The files a job writes about itself. */
import { mapPlanned, type Planned } from '../base/planned.ts'
import type { Reports } from './image-job.ts'
import type { Knobs } from './knobs.ts'
import { absolutePath } from './paths.ts'

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
export function reportsOf(k: Knobs, workspace: string): Reports {
  const found: Record<string, Planned<string>> = {}
  for (const [name, key] of Object.entries(files)) {
    const path = k.given(key) ? k.plain(key) : undefined
    if (path !== undefined) found[name] = mapPlanned(path, (p) => absolutePath(workspace, p))
  }
  const type = k.plain('registryType')
  const url = k.plain('artifactRegistry')
  return { ...found, ...(url !== undefined && { registryUrl: url }), registryType: type?.kind === 'known' ? type.value : types[k.family.variant] }
}
