/** How bad an advisory says its flaw is: the word of whoever publishes it, else the score of its vector. */
import { readSeverity, type Severity } from '../severity.ts'
import { cvss2Score } from './cvss2.ts'
import { cvss3Score } from './cvss3.ts'
import { cvss4Score } from './cvss4.ts'
import type { OsvAffected, OsvRecord, OsvSeverity } from './record.ts'

export interface Rating {
  readonly severity: Severity
  readonly cvss?: { readonly vector: string; readonly score: number }
}

/** The words of a distribution are about its own package; those of the record about the flaw. */
export function rate(record: OsvRecord, affected: OsvAffected): Rating {
  const vectors = [...affected.severity, ...record.severity]
  const cvss = scored(vectors)
  const words = [affected.rating, vectors.find(({ type }) => type === 'Ubuntu')?.score, record.rating]
  const word = words.map((one) => readSeverity(one ?? '')).find((one) => one !== 'unknown')
  return { severity: word ?? (cvss === undefined ? 'unknown' : severityOf(cvss)), ...(cvss !== undefined && { cvss }) }
}

/** Of several the newest kind counts. */
function scored(vectors: readonly OsvSeverity[]): Rating['cvss'] {
  for (const scoreOf of [cvss4Score, cvss3Score, cvss2Score]) {
    for (const { score: vector } of vectors) {
      const score = scoreOf(vector)
      if (score !== undefined) return { vector, score }
    }
  }
  return undefined
}

/** Version 2 has no word above high. */
function severityOf({ vector, score }: NonNullable<Rating['cvss']>): Severity {
  const severity = severityOfScore(score)
  return severity === 'critical' && !/^CVSS:[34]/.test(vector) ? 'high' : severity
}

/** The ratings that CVSS itself gives its scores. */
export function severityOfScore(score: number): Severity {
  if (score >= 9) return 'critical'
  if (score >= 7) return 'high'
  if (score >= 4) return 'medium'
  return score > 0 ? 'low' : 'info'
}
