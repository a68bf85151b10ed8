/** SARIF has levels, and everybody says more than that in a place of their own. */
import { readSeverity, type Severity } from '../severity.ts'
import type { SarifResult, SarifRule } from './schema.ts'

/** The most exact first: a word of the scanner, its score, and the level at last. */
export function sarifSeverity(result: SarifResult, rule: SarifRule | undefined): Severity {
  return wordOf(result, rule) ?? scored(result.properties, rule?.properties) ?? byLevel(result.level ?? rule?.defaultConfiguration?.level)
}

function wordOf({ message, properties }: SarifResult, rule: SarifRule | undefined): Severity | undefined {
  const own = properties?.['severity']
  const said = /^Severity: (\w+)$/m.exec(message?.text ?? '')?.[1]
  const tags = rule?.properties?.['tags']
  const words = [typeof own === 'string' ? own : '', said ?? '', ...(Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [])]
  return words.map(readSeverity).find((severity) => severity !== 'unknown')
}

/** As GitHub reads the score. */
function scored(...places: readonly (Readonly<Record<string, unknown>> | null | undefined)[]): Severity | undefined {
  const score = places.map((place) => Number.parseFloat(String(place?.['security-severity']))).find((number) => !Number.isNaN(number))
  if (score === undefined) return undefined
  if (score >= 9) return 'critical'
  if (score >= 7) return 'high'
  if (score >= 4) return 'medium'
  return score > 0 ? 'low' : 'info'
}

const levels: Readonly<Record<string, Severity>> = { error: 'high', warning: 'medium', note: 'low', none: 'info' }

/** A result without one is a warning, says the specification. */
function byLevel(level: string | null | undefined): Severity {
  const word = level ?? 'warning'
  return Object.hasOwn(levels, word) ? (levels[word] ?? 'medium') : 'medium'
}
