/** How bad a flaw is: one scale for all scanners and all sources of advisories. */

/** The worst first. `info` is known to be harmless, `unknown` was never rated. */
export const severities = ['critical', 'high', 'medium', 'low', 'info', 'unknown'] as const
export type Severity = (typeof severities)[number]

/** What others call them: Red Hat's words, GitHub's, the urgencies of Debian, the levels of SARIF. */
const words: Readonly<Record<string, Severity>> = {
  critical: 'critical',
  high: 'high',
  important: 'high',
  medium: 'medium',
  moderate: 'medium',
  low: 'low',
  minor: 'low',
  negligible: 'low',
  unimportant: 'low',
  info: 'info',
  informational: 'info',
  none: 'info',
}

/** `unknown` for words that rate nothing, such as "not yet assigned". Debian marks urgencies that were only guessed with stars. */
export function readSeverity(word: string): Severity {
  const key = word.trim().replace(/\*+$/, '').toLowerCase()
  return Object.hasOwn(words, key) ? (words[key] ?? 'unknown') : 'unknown'
}

/** Negative when `a` is worse. */
export function compareSeverity(a: Severity, b: Severity): number {
  return severities.indexOf(a) - severities.indexOf(b)
}

export function worseSeverity(a: Severity, b: Severity): Severity {
  return compareSeverity(a, b) <= 0 ? a : b
}
