/** Sorts findings into those that count and those that somebody has decided to live with, and says which decisions have run out. */
import type { Instant } from '../base/clock.ts'
import { type Diagnostic, diagnose } from '../base/diagnostic.ts'
import { pathPattern } from '../dockerfile/path-pattern.ts'
import type { Finding } from '../scan/finding.ts'
import { type PackageUrl, parsePackageUrl } from '../scan/package-url.ts'
import type { IgnoreRule } from './ignore-rule.ts'

export interface Sorted {
  readonly counting: readonly Finding[]
  readonly ignored: readonly Finding[]
  /** Of rules that ended and would have hidden something. */
  readonly notes: readonly Diagnostic[]
}

export function applyIgnores(findings: readonly Finding[], rules: readonly IgnoreRule[], now: Instant): Sorted {
  const fits = rules.map((rule) => ({ rule, test: matcher(rule), over: rule.until !== undefined && rule.until <= now }))
  const ended = new Set<IgnoreRule>()
  const counting: Finding[] = []
  const ignored: Finding[] = []
  for (const finding of findings) {
    const fitting = fits.filter(({ test }) => test(finding))
    if (fitting.some(({ over }) => !over)) ignored.push(finding)
    else {
      counting.push(finding)
      for (const { rule } of fitting) ended.add(rule)
    }
  }
  return { counting, ignored, notes: [...ended].map(endedNote) }
}

function endedNote({ id, until, at }: IgnoreRule): Diagnostic {
  return diagnose('SCAN_IGNORE_ENDED', { id, day: new Date(until ?? 0).toISOString().slice(0, 10) }, { at })
}

function matcher({ id, paths, purls }: IgnoreRule): (finding: Finding) => boolean {
  const places = paths?.map((pattern) => pathPattern(pattern.replace(/^\/+/, '')) ?? (() => false))
  const urls = purls?.map(parsePackageUrl)
  return (finding) =>
    [finding.id, ...finding.aliases].includes(id) &&
    // Hidden where every place of it is meant: one that nobody thought of still counts.
    (places === undefined || (finding.package.locations.length > 0 && finding.package.locations.every(({ path }) => places.some((test) => test(path))))) &&
    (urls === undefined || urls.some((url) => url !== undefined && isOf(finding, url)))
}

function isOf({ package: one }: Finding, url: PackageUrl): boolean {
  return one.type === url.type && one.name === url.name && (url.version === '' || url.version === one.version)
}
