/** Advisories in the short form that a database keeps: rules by ecosystem and package, and what is told when a rule applies. */
import type { Finding } from '../finding.ts'
import type { AffectedVersions } from './affects.ts'
import { nameIn, orderOf } from './ecosystems.ts'
import { type Rating, rate } from './rating.ts'
import type { OsvAffected, OsvRecord } from './record.ts'

/** What is the same for every package that an advisory is about. */
export interface AdvisoryText {
  /** As findings name it: more than one where a notice of a distribution is about several flaws. */
  readonly names: readonly { readonly id: string; readonly aliases: readonly string[] }[]
  readonly title?: string
  readonly description?: string
  readonly references: readonly string[]
}

export interface Rule extends AffectedVersions, Rating {}

export interface Compiled {
  readonly text: AdvisoryText
  readonly rules: readonly { readonly ecosystem: string; readonly name: string; readonly rule: Rule }[]
  /** Ecosystems that it is about and that are not judged. */
  readonly passedOver: readonly string[]
}

/** Without rules for what was withdrawn. */
export function compile(record: OsvRecord): Compiled {
  const affected = record.withdrawn ? [] : record.affected
  const rules = affected.filter((one) => orderOf(one.ecosystem) !== undefined && (one.ranges.length > 0 || one.versions.length > 0))
  const passedOver = new Set(affected.filter((one) => orderOf(one.ecosystem) === undefined).map((one) => one.ecosystem.split(':', 1)[0] ?? ''))
  return {
    text: textOf(record),
    rules: rules.map((one) => ({ ecosystem: one.ecosystem, name: nameIn(one.ecosystem, one.name), rule: ruleOf(record, one) })),
    passedOver: [...passedOver],
  }
}

function ruleOf(record: OsvRecord, affected: OsvAffected): Rule {
  const { ranges, versions, lastKnown } = affected
  // Distributions list each version that a range covers already: the range says the same and costs less.
  const listed = ranges.length > 0 && affected.ecosystem.includes(':') ? [] : versions
  return { ranges, versions: listed, ...(lastKnown !== undefined && { lastKnown }), ...rate(record, affected) }
}

const longestText = 4000
const mostReferences = 20

function textOf(record: OsvRecord): AdvisoryText {
  const { summary, details, references } = record
  return {
    names: namesOf(record),
    ...(summary !== undefined && { title: summary.slice(0, longestText) }),
    ...(details !== undefined && { description: details.slice(0, longestText) }),
    references: references.slice(0, mostReferences),
  }
}

const cve = /^CVE-\d+-\d+$/

/** Named by the CVE; a notice about several CVEs, which it has `upstream`, by each of them. */
function namesOf(record: OsvRecord): readonly Pick<Finding, 'id' | 'aliases'>[] {
  const own = [record.id, ...record.aliases]
  const name = own.find((one) => cve.test(one))
  if (name !== undefined) return [{ id: name, aliases: own.filter((one) => one !== name).sort() }]
  const distributed = record.affected.some(({ ecosystem }) => ecosystem.includes(':'))
  const above = [...new Set([...record.upstream, ...(distributed && record.upstream.length === 0 ? record.related : [])])].filter((one) => cve.test(one))
  if (above.length === 0) return [{ id: record.id, aliases: [...record.aliases].sort() }]
  return above.map((id) => ({ id, aliases: [...own].sort() }))
}
