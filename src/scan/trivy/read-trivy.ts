/** trivy's JSON as a report: schema 2 as old and current versions write it, and the bare list of results of the time before. */
import * as v from 'valibot'
import type { Finding } from '../finding.ts'
import { gatherFindings, gatherPackages } from '../gather.ts'
import type { DatabaseFacts, Distribution, ScannedLayer, ScanReport, TargetFacts } from '../report.ts'
import { readSeverity } from '../severity.ts'
import { otherFindings } from './other-findings.ts'
import { flawedPackage, listedPackage } from './package-of.ts'
import { type TrivyReport, type TrivyResult, type TrivyVulnerability, trivyReport, trivyResults, trivyVulnerability } from './schema.ts'

export interface TrivyRead {
  readonly report: ScanReport
  /** What trivy was told to leave out, where it was asked to say so. */
  readonly suppressed: readonly Finding[]
}

/** A text for what it is not: why it is no report of trivy. */
export function readTrivy(json: unknown, o: { readonly name: string; readonly database: DatabaseFacts }): TrivyRead | string {
  const report = reportOf(json)
  if (typeof report === 'string') return report
  const findings = report.Results?.flatMap(findingsOf) ?? []
  const version = report.Trivy?.Version
  return {
    report: {
      target: targetOf(report, o.name),
      layers: layersOf(report),
      packages: gatherPackages((report.Results ?? []).flatMap((result) => (result.Packages ?? []).map((one) => listedPackage(one, result)))),
      unjudged: [],
      findings: gatherFindings(findings),
      scanner: { name: 'trivy', ...(version != null && { version }) },
      database: o.database,
    },
    suppressed: gatherFindings((report.Results ?? []).flatMap(suppressedOf)),
  }
}

function reportOf(json: unknown): TrivyReport | string {
  if (Array.isArray(json)) {
    const old = v.safeParse(trivyResults, json)
    return old.success ? { Results: old.output } : `its list of results is not trivy's: ${whyNot(old.issues)}`
  }
  const version = (json as { readonly SchemaVersion?: unknown } | null)?.SchemaVersion
  if (version !== undefined && version !== 2) return `its SchemaVersion is ${JSON.stringify(version)}; 2 can be read`
  const parsed = v.safeParse(trivyReport, json)
  return parsed.success ? parsed.output : whyNot(parsed.issues)
}

function whyNot(issues: readonly v.BaseIssue<unknown>[]): string {
  const [first] = issues
  return first === undefined ? 'it has another shape' : `${v.getDotPath(first) ?? 'it'}: ${first.message}`
}

function findingsOf(result: TrivyResult): readonly Finding[] {
  return [...(result.Vulnerabilities ?? []).map((one) => vulnerabilityFinding(one, result)), ...otherFindings(result)]
}

function suppressedOf(result: TrivyResult): readonly Finding[] {
  return (result.ExperimentalModifiedFindings ?? []).flatMap(({ Finding: found }) => {
    const parsed = v.safeParse(trivyVulnerability, found)
    return parsed.success ? [vulnerabilityFinding(parsed.output, result)] : []
  })
}

function vulnerabilityFinding(one: TrivyVulnerability, result: TrivyResult): Finding {
  const cvss = scoreOf(one)
  return {
    id: one.VulnerabilityID,
    aliases: (one.VendorIDs ?? []).filter((name) => name !== one.VulnerabilityID),
    package: flawedPackage(one, result),
    severity: readSeverity(one.Severity ?? ''),
    ...(cvss !== undefined && { cvss }),
    ...(one.Title != null && one.Title !== '' && { title: one.Title }),
    ...(one.Description != null && one.Description !== '' && { description: one.Description }),
    ...(one.FixedVersion != null && one.FixedVersion !== '' && { fixedVersion: one.FixedVersion }),
    references: [...new Set([...(one.PrimaryURL == null ? [] : [one.PrimaryURL]), ...(one.References ?? [])])],
  }
}

/** Of the source that the severity comes from, else any. */
function scoreOf({ CVSS, SeveritySource }: TrivyVulnerability): Finding['cvss'] {
  const all = CVSS ?? {}
  const ofSource = SeveritySource != null && Object.hasOwn(all, SeveritySource) ? [all[SeveritySource]] : []
  const scored = [...ofSource, ...Object.values(all)].find((one) => one?.V3Vector != null && one.V3Score != null)
  return scored?.V3Vector != null && scored.V3Score != null ? { vector: scored.V3Vector, score: scored.V3Score } : undefined
}

function targetOf({ ArtifactName, ArtifactType, Metadata }: TrivyReport, name: string): TargetFacts {
  const digest = Metadata?.RepoDigests?.[0]?.split('@')[1]
  const { os, architecture } = Metadata?.ImageConfig ?? {}
  const distribution = distributionOf(Metadata)
  const kinds = { container_image: 'image', filesystem: 'folder', repository: 'folder', cyclonedx: 'sbom', spdx: 'sbom' } as const
  const known = Object.hasOwn(kinds, ArtifactType ?? '') ? kinds[ArtifactType as keyof typeof kinds] : undefined
  return {
    kind: known ?? 'image',
    name: ArtifactName ?? name,
    ...(digest !== undefined && { digest }),
    ...(os != null && architecture != null && { platform: `${os}/${architecture}` }),
    ...(distribution !== undefined && { distribution }),
  }
}

function distributionOf(metadata: TrivyReport['Metadata']): Distribution | undefined {
  const { Family, Name } = metadata?.OS ?? {}
  if (Family == null || Family === '' || Family === 'none') return undefined
  return { id: Family, ...(Name != null && Name !== '' && { version: Name }) }
}

function layersOf({ Metadata }: TrivyReport): readonly ScannedLayer[] {
  const made = (Metadata?.ImageConfig?.history ?? []).filter(({ empty_layer: empty }) => empty !== true)
  return (Metadata?.DiffIDs ?? []).map((diffId, i) => {
    const createdBy = made[i]?.created_by
    return { diffId, ...(createdBy != null && createdBy !== '' && { createdBy }) }
  })
}
