/** The severity from which on findings fail a scan. */
import type { Finding } from '../scan/finding.ts'
import { compareSeverity, type Severity } from '../scan/severity.ts'

export const gateLevels = ['critical', 'high', 'medium', 'low', 'info', 'none'] as const
export type GateLevel = (typeof gateLevels)[number]

/** The findings that fail it. What was never rated fails from `low` on: nobody has said that it is harmless. */
export function heldUp(findings: readonly Finding[], level: GateLevel): readonly Finding[] {
  if (level === 'none') return []
  return findings.filter(({ severity }) => isAtLeast(severity, level))
}

function isAtLeast(severity: Severity, level: Exclude<GateLevel, 'none'>): boolean {
  if (severity === 'unknown') return level === 'low' || level === 'info'
  return compareSeverity(severity, level) <= 0
}
