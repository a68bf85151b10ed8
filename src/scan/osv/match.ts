/** Packages of an image against a database of advisories. */
import type { Finding } from '../finding.ts'
import { gatherFindings } from '../gather.ts'
import type { PackageType, ScannedPackage } from '../package.ts'
import type { Distribution, Unjudged } from '../report.ts'
import { affects } from './affects.ts'
import type { AdvisoryText, Rule } from './compile.ts'
import { ecosystemsOf, nameIn, orderOf, subjectOf } from './ecosystems.ts'

/** What a database answers; it has to be open. */
export interface AdvisoryLookup {
  has(ecosystem: string): boolean
  rules(ecosystem: string, name: string): readonly StoredRule[]
  text(advisory: number): AdvisoryText
}

export interface StoredRule extends Rule {
  readonly advisory: number
}

export interface Matched {
  readonly findings: readonly Finding[]
  readonly unjudged: readonly Unjudged[]
  /** Packages that were compared. */
  readonly judged: number
}

export function matchPackages(packages: readonly ScannedPackage[], distribution: Distribution | undefined, lookup: AdvisoryLookup): Matched {
  const findings: Finding[] = []
  const unclear: ScannedPackage[] = []
  const without = new Map<PackageType, ScannedPackage[]>()
  for (const one of packages) {
    const ecosystems = ecosystemsOf(one.type, distribution).filter((name) => lookup.has(name))
    if (ecosystems.length === 0) {
      const others = without.get(one.type)
      if (others === undefined) without.set(one.type, [one])
      else others.push(one)
    }
    for (const ecosystem of ecosystems) {
      const judged = judge(one, ecosystem, lookup)
      findings.push(...judged.findings)
      if (judged.unclear) unclear.push(one)
    }
  }
  const left = [...without].map(([type, of]) => withoutAdvisories(type, of, distribution))
  const odd = unclear.length === 0 ? [] : [withoutOrder(unclear)]
  const missed = left.reduce((sum, { count }) => sum + count, 0)
  return { findings: gatherFindings(findings), unjudged: [...left, ...odd], judged: packages.length - missed }
}

function judge(one: ScannedPackage, ecosystem: string, lookup: AdvisoryLookup): { readonly findings: readonly Finding[]; readonly unclear: boolean } {
  const compare = orderOf(ecosystem)
  const subject = subjectOf(one)
  const findings: Finding[] = []
  let unclear = false
  for (const rule of lookup.rules(ecosystem, nameIn(ecosystem, subject.name))) {
    const verdict = compare === undefined ? ({ kind: 'unclear' } as const) : affects(rule, subject.version, compare)
    if (verdict.kind === 'unclear') unclear = true
    if (verdict.kind !== 'affected') continue
    const { names, title, description, references } = lookup.text(rule.advisory)
    for (const { id, aliases } of names) {
      findings.push({
        id,
        aliases,
        package: one,
        severity: rule.severity,
        ...(rule.cvss !== undefined && { cvss: rule.cvss }),
        ...(title !== undefined && { title }),
        ...(description !== undefined && { description }),
        ...(verdict.fixed !== undefined && { fixedVersion: verdict.fixed }),
        references,
      })
    }
  }
  return { findings, unclear }
}

const typeNames: Readonly<Partial<Record<PackageType, string>>> = {
  deb: 'Debian packages (deb)',
  apk: 'Alpine packages (apk)',
  npm: 'packages of npm',
  pypi: 'packages of Python',
}

function withoutAdvisories(type: PackageType, of: readonly ScannedPackage[], distribution: Distribution | undefined): Unjudged {
  const ofSystem = type === 'deb' || type === 'apk'
  const names = ecosystemsOf(type, distribution)
  const system = distribution === undefined ? 'an unknown distribution' : (distribution.name ?? `${distribution.id} ${distribution.version ?? ''}`.trim())
  const reason =
    names.length > 0
      ? `the database has no advisories for ${names.join(' or ')}`
      : distribution === undefined
        ? 'no os-release says which distribution it is'
        : 'advisories of this distribution are not known'
  return {
    kind: ofSystem ? 'distribution' : 'packages',
    what: ofSystem ? `${typeNames[type] ?? type} of ${system}` : (typeNames[type] ?? type),
    reason,
    ...places(of),
  }
}

function withoutOrder(of: readonly ScannedPackage[]): Unjudged {
  const some = of.slice(0, 3).map(({ name, version }) => `${name} ${version}`)
  return { kind: 'packages', what: 'packages with unusual versions', reason: `their versions have no order: ${some.join(', ')}`, ...places(of) }
}

const somePaths = 10

function places(of: readonly ScannedPackage[]): { readonly count: number; readonly paths: readonly string[] } {
  return { count: of.length, paths: [...new Set(of.flatMap(({ locations }) => locations.map(({ path }) => path)))].sort().slice(0, somePaths) }
}
