/** `.trivyignore.yaml`: rules with paths, package URLs, a day at which they end, and a word on why. */
import { type Diagnostic, diagnose } from '../base/diagnostic.ts'
import type { SourceFile } from '../text/source-file.ts'
import { parseYaml } from '../yaml/parse.ts'
import { list } from '../yaml/shape/collections.ts'
import { optional, required } from '../yaml/shape/field.ts'
import { record } from '../yaml/shape/record.ts'
import { text } from '../yaml/shape/text.ts'
import type { IgnoreRule } from './ignore-rule.ts'
import { readDay } from './read-day.ts'
import type { IgnoresRead } from './read-ignore-text.ts'

const rule = record({
  id: required(text({ nonEmpty: true })),
  paths: optional(list(text({ nonEmpty: true }))),
  purls: optional(list(text({ nonEmpty: true }))),
  expired_at: optional(text({ nonEmpty: true })),
  statement: optional(text()),
})

const rules = optional(list(rule))
/** One list for each kind of finding. */
const document = record({ vulnerabilities: rules, misconfigurations: rules, secrets: rules, licenses: rules }, { name: 'ignore file' })

export function readIgnoreYaml(file: SourceFile): IgnoresRead {
  const { documents, diagnostics } = parseYaml(file)
  const found: Diagnostic[] = [...diagnostics]
  const [root] = documents
  const read = root === undefined ? undefined : document.read(root, (d) => found.push(d), '')
  const all = read === undefined ? [] : [read.vulnerabilities, read.misconfigurations, read.secrets, read.licenses].flatMap((some) => some ?? [])
  return { rules: all.flatMap((one) => ruleOf(one, found)), diagnostics: found }
}

type Written = NonNullable<NonNullable<ReturnType<typeof document.read>>['vulnerabilities']>[number]

function ruleOf({ id, paths, purls, expired_at: day, statement, at }: Written, found: Diagnostic[]): readonly IgnoreRule[] {
  const until = day === undefined ? undefined : readDay(day)
  if (day !== undefined && until === undefined) {
    found.push(diagnose('SCAN_IGNORE_WRONG', { what: `the day "${day}" of ${id}` }, { at }))
    return []
  }
  const more = { ...(paths !== undefined && { paths }), ...(purls !== undefined && { purls }), ...(statement !== undefined && { statement }) }
  return [{ id, ...more, ...(until !== undefined && { until }), at }]
}
