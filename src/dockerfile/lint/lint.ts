/** Runs the lint rules over a parsed file, minus those that the file itself switches off. */
import type { Diagnostic } from '../../base/diagnostic.ts'
import type { Dockerfile } from '../parse.ts'
import { resolveStages } from '../stages.ts'
import { type CheckOptions, includes, parseCheckOptions } from './check-options.ts'
import type { LintFacts, LintRule } from './rule.ts'
import { lintRules } from './rules.ts'

export type LintOptions = LintFacts['options'] & { readonly ignore?: LintFacts['ignore'] }

/** Warnings, in the order of the file; errors where the file says `# check=error=true`. */
export function lintDockerfile(file: Dockerfile, options: LintOptions): readonly Diagnostic[] {
  const found: Diagnostic[] = []
  const check = parseCheckOptions(file.directives.check, (d) => found.push(d))
  const facts: LintFacts = { file, graph: resolveStages(file, options), options, ignore: options.ignore }
  for (const rule of lintRules) {
    if (!runs(rule, check)) continue
    const own = rule.check(facts).filter((finding) => !skippedByComment(file, rule, finding))
    found.push(...own.map((finding): Diagnostic => (check.error ? { ...finding, severity: 'error' } : finding)))
  }
  return found.toSorted((a, b) => (a.at?.line ?? 0) - (b.at?.line ?? 0) || (a.at?.col ?? 0) - (b.at?.col ?? 0))
}

function runs(rule: LintRule, check: CheckOptions): boolean {
  if (includes(check.skip, rule.name)) return false
  return rule.experimental !== true || includes(check.experimental, rule.name)
}

/** `# check=skip=NAME` right above an instruction speaks for that instruction. */
function skippedByComment(file: Dockerfile, rule: LintRule, finding: Diagnostic): boolean {
  const line = file.lines.find(({ at }) => finding.at !== undefined && at.line <= finding.at.line && finding.at.line <= at.endLine)
  return (line?.comments ?? []).some((comment) => {
    const text = /^check\s*=\s*(.*)$/.exec(comment)?.[1]
    return text !== undefined && line !== undefined && includes(parseCheckOptions({ text, at: line.at }, () => undefined).skip, rule.name)
  })
}
