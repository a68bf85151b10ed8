/** The base score of a CVSS vector of version 2, by the formulas of its specification: old advisories have no other. */

const weights = {
  AV: { L: 0.395, A: 0.646, N: 1 },
  AC: { H: 0.35, M: 0.61, L: 0.71 },
  Au: { M: 0.45, S: 0.56, N: 0.704 },
  C: { N: 0, P: 0.275, C: 0.66 },
  I: { N: 0, P: 0.275, C: 0.66 },
  A: { N: 0, P: 0.275, C: 0.66 },
} as const satisfies Record<string, Record<string, number>>

type Metric = keyof typeof weights

/** As `AV:N/AC:L/Au:N/C:P/I:P/A:P`, in brackets or after `CVSS:2.0/` too. Undefined for what is no such vector, or lacks a part of it. */
export function cvss2Score(vector: string): number | undefined {
  const parts = vector
    .replace(/^\((.*)\)$/, '$1')
    .replace(/^CVSS:2\.0\//, '')
    .split('/')
  const metrics = new Map(parts.map((part) => part.split(':', 2) as [string, string]))
  const weigh = (name: Metric): number => (weights[name] as Readonly<Record<string, number>>)[metrics.get(name) ?? ''] ?? Number.NaN
  const impact = 10.41 * (1 - (1 - weigh('C')) * (1 - weigh('I')) * (1 - weigh('A')))
  const exploitability = 20 * weigh('AV') * weigh('AC') * weigh('Au')
  if (Number.isNaN(impact + exploitability)) return undefined
  const score = (0.6 * impact + 0.4 * exploitability - 1.5) * (impact === 0 ? 0 : 1.176)
  return Math.round(Math.max(0, score) * 10) / 10
}
