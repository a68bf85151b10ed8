/** What trivy finds beside vulnerable packages: wrong settings, secrets, licences. Their package is the file, or what has the licence. */
import type { Finding } from '../finding.ts'
import { readSeverity } from '../severity.ts'
import type { TrivyResult } from './schema.ts'

export function otherFindings(result: TrivyResult): readonly Finding[] {
  const file = result.Target ?? ''
  const wrong = (result.Misconfigurations ?? []).filter(({ Status }) => Status == null || Status === '' || Status === 'FAIL')
  return [
    ...wrong.map((one) =>
      finding(one.ID, file, {
        aliases: one.AVDID == null || one.AVDID === one.ID ? [] : [one.AVDID],
        severity: one.Severity,
        title: one.Title,
        description: one.Message ?? one.Description,
        references: [...new Set([...(one.PrimaryURL == null ? [] : [one.PrimaryURL]), ...(one.References ?? [])])],
        layer: one.Layer?.DiffID,
      }),
    ),
    ...(result.Secrets ?? []).map((one) => finding(one.RuleID, file, { severity: one.Severity, title: one.Title, layer: one.Layer?.DiffID })),
    ...(result.Licenses ?? []).map((one) =>
      finding(one.Name, one.PkgName || one.FilePath || file, { severity: one.Severity, title: one.Category == null ? undefined : `licence: ${one.Category}` }),
    ),
  ]
}

interface Told {
  readonly aliases?: readonly string[]
  readonly severity: string | null | undefined
  readonly title?: string | null | undefined
  readonly description?: string | null | undefined
  readonly references?: readonly string[]
  readonly layer?: string | null | undefined
}

function finding(id: string, about: string, told: Told): Finding {
  const path = about.replace(/^\/+/, '')
  return {
    id,
    aliases: told.aliases ?? [],
    package: { type: 'generic', name: path, version: '', locations: [{ path, ...(told.layer != null && told.layer !== '' && { layer: told.layer }) }] },
    severity: readSeverity(told.severity ?? ''),
    ...(told.title != null && told.title !== '' && { title: told.title }),
    ...(told.description != null && told.description !== '' && { description: told.description }),
    references: told.references ?? [],
  }
}
