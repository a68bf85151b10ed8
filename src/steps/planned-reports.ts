/** The test reports that a step leaves: patterns of files, as far as they are known. */
import type { Planned } from '../base/planned.ts'
import type { Text } from '../base/secret-text.ts'
import type { Dynamic } from '../dynamic/dynamic.ts'
import { type Resolving, resolve } from '../dynamic/resolve.ts'

interface Reports {
  readonly spec: { readonly paths: readonly Dynamic<Text>[] }
}

export function plannedReports(reports: Reports | undefined, o: Resolving): { readonly reports?: readonly Planned<Text>[] } {
  if (reports === undefined) return {}
  const paths = reports.spec.paths.flatMap((path) => resolve(path, o) ?? [])
  return { reports: paths }
}
