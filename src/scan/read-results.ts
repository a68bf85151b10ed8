/** Results that a scanner wrote to a file: which of the known forms it is, and what it says. */
import type { Finding } from './finding.ts'
import type { ScanReport } from './report.ts'
import { readSarif } from './sarif/read-sarif.ts'
import { readTrivy } from './trivy/read-trivy.ts'

export type ResultsRead =
  | { readonly ok: true; readonly form: 'trivy' | 'sarif'; readonly report: ScanReport; readonly suppressed: readonly Finding[] }
  | { readonly ok: false; readonly reason: string }

export function readResults(text: string, o: { readonly name: string }): ResultsRead {
  const json = parsed(text)
  if (json === undefined) return { ok: false, reason: text.trim() === '' ? 'it is empty' : 'it is no JSON' }
  const form = formOf(json)
  if (form === undefined) return { ok: false, reason: "it is neither trivy's JSON nor SARIF" }
  const database = { name: `whatever wrote ${o.name}` }
  const read = (form === 'sarif' ? readSarif : readTrivy)(json, { name: o.name, database })
  return typeof read === 'string' ? { ok: false, reason: read } : { ok: true, form, ...read }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    return undefined
  }
}

/** An object that says nothing of itself would be read as a report without findings. */
function formOf(json: unknown): 'trivy' | 'sarif' | undefined {
  if (Array.isArray(json)) return json.some((one) => typeof one === 'object' && one !== null && 'Target' in one) ? 'trivy' : undefined
  if (typeof json !== 'object' || json === null) return undefined
  if ('runs' in json) return 'sarif'
  return 'SchemaVersion' in json || ('Results' in json && 'ArtifactName' in json) ? 'trivy' : undefined
}
