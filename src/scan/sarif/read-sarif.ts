/** Results of any scanner that writes SARIF, as a report. Which package a result is about is found in its properties, or in the words of trivy. */
import * as v from 'valibot'
import type { Finding } from '../finding.ts'
import { gatherFindings } from '../gather.ts'
import type { ScannedPackage } from '../package.ts'
import { parsePackageUrl } from '../package-url.ts'
import type { DatabaseFacts, ScanReport } from '../report.ts'
import { type SarifLog, type SarifResult, type SarifRule, type SarifRun, sarifLog } from './schema.ts'
import { sarifSeverity } from './severity.ts'

export interface SarifRead {
  readonly report: ScanReport
  readonly suppressed: readonly Finding[]
}

/** A text for what it is not: why it is no SARIF. */
export function readSarif(json: unknown, o: { readonly name: string; readonly database: DatabaseFacts }): SarifRead | string {
  const parsed = v.safeParse(sarifLog, json)
  if (!parsed.success) {
    const [issue] = parsed.issues
    return `${v.getDotPath(issue) ?? 'it'}: ${issue.message}`
  }
  if (!parsed.output.version.startsWith('2.')) return `its version is ${parsed.output.version}; 2.1.0 can be read`
  const all = parsed.output.runs.flatMap((run) => (run.results ?? []).flatMap((result) => findingOf(result, run)))
  return {
    report: {
      target: { kind: 'image', name: o.name },
      layers: [],
      packages: [],
      unjudged: [],
      findings: gatherFindings(all.filter(({ off }) => !off).map(({ finding }) => finding)),
      scanner: scannerOf(parsed.output),
      database: o.database,
    },
    suppressed: gatherFindings(all.filter(({ off }) => off).map(({ finding }) => finding)),
  }
}

function scannerOf({ runs }: SarifLog): ScanReport['scanner'] {
  const drivers = runs.map(({ tool }) => tool.driver)
  const name = [...new Set(drivers.map((driver) => driver.name || 'unnamed'))].join(', ')
  const version = drivers[0]?.semanticVersion ?? drivers[0]?.version
  return { name: name === '' ? 'sarif' : name.toLowerCase(), ...(version != null && drivers.length === 1 && { version }) }
}

interface Read {
  readonly finding: Finding
  /** Somebody has decided that it does not count. */
  readonly off: boolean
}

/** Results that say something is as it should be are none. */
const harmless = ['pass', 'notApplicable', 'open']

function findingOf(result: SarifResult, run: SarifRun): readonly Read[] {
  if (harmless.includes(result.kind ?? 'fail')) return []
  const rule = ruleOf(result, run)
  const id = result.ruleId ?? result.rule?.id ?? rule?.id
  if (id == null || id === '') return []
  const title = rule?.shortDescription?.text ?? rule?.name
  const description = rule?.fullDescription?.text ?? result.message?.text
  const fixed = property(result, 'fixedVersion') ?? trivyWord(result, 'Fixed Version')
  const finding: Finding = {
    id,
    aliases: [],
    package: packageOf(result, run),
    severity: sarifSeverity(result, rule),
    ...(title != null && title !== '' && { title }),
    ...(description != null && description !== '' && { description }),
    ...(fixed !== undefined && fixed !== '' && { fixedVersion: fixed }),
    references: rule?.helpUri == null || rule.helpUri === '' ? [] : [rule.helpUri],
  }
  const off = (result.suppressions ?? []).some(({ status }) => status == null || status === 'accepted')
  return [{ finding, off }]
}

function ruleOf(result: SarifResult, { tool }: SarifRun): SarifRule | undefined {
  const all = [tool.driver, ...(tool.extensions ?? [])].flatMap(({ rules }) => rules ?? [])
  const id = result.ruleId ?? result.rule?.id
  const index = result.ruleIndex ?? result.rule?.index
  return all.find((rule) => rule.id === id) ?? (index == null ? undefined : (tool.driver.rules ?? [])[index])
}

function packageOf(result: SarifResult, run: SarifRun): ScannedPackage {
  const uri = (result.locations ?? []).map((one) => one.physicalLocation?.artifactLocation?.uri ?? '').find((text) => text !== '') ?? ''
  const path = plainPath(uri)
  const locations = [{ path }]
  const purl = parsePackageUrl(property(result, 'purl') ?? '')
  if (purl !== undefined) return { type: purl.type, name: purl.name, version: purl.version, locations }
  const name = property(result, 'package') ?? trivyWord(result, 'Package')
  if (name !== undefined) return { type: 'generic', name, version: property(result, 'version') ?? trivyWord(result, 'Installed Version') ?? '', locations }
  return { type: 'generic', name: path === '' ? run.tool.driver.name : path, version: '', locations }
}

function property({ properties }: SarifResult, name: string): string | undefined {
  const value = properties?.[name]
  return typeof value === 'string' ? value : undefined
}

/** trivy says it in lines of the message: `Package: openssl`. */
function trivyWord({ message }: SarifResult, word: string): string | undefined {
  const line = (message?.text ?? '').split('\n').find((one) => one.startsWith(`${word}: `))
  return line?.slice(word.length + 2).trim()
}

function plainPath(uri: string): string {
  const text = uri.replace(/^file:\/\//, '').replace(/^\/+/, '')
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
