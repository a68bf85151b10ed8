/** The base score of a CVSS vector of version 3.0 or 3.1, by the formulas of its specification. */

const weights = {
  AV: { N: 0.85, A: 0.62, L: 0.55, P: 0.2 },
  AC: { L: 0.77, H: 0.44 },
  UI: { N: 0.85, R: 0.62 },
  C: { H: 0.56, L: 0.22, N: 0 },
  I: { H: 0.56, L: 0.22, N: 0 },
  A: { H: 0.56, L: 0.22, N: 0 },
} as const satisfies Record<string, Record<string, number>>

/** More is needed for the same when the scope changes. */
const privileges = {
  U: { N: 0.85, L: 0.62, H: 0.27 },
  C: { N: 0.85, L: 0.68, H: 0.5 },
} as const satisfies Record<string, Record<string, number>>

/** Undefined for what is no such vector, or lacks a part of it. */
export function cvss3Score(vector: string): number | undefined {
  const [, minor, rest] = /^CVSS:3\.([01])\/(.+)$/.exec(vector) ?? []
  if (rest === undefined) return undefined
  const metrics = new Map(rest.split('/').map((part) => part.split(':', 2) as [string, string]))
  const scope = metrics.get('S')
  if (scope !== 'U' && scope !== 'C') return undefined
  const weigh = (table: Readonly<Record<string, number>>, name: string): number => table[metrics.get(name) ?? ''] ?? Number.NaN
  const lost = 1 - (1 - weigh(weights.C, 'C')) * (1 - weigh(weights.I, 'I')) * (1 - weigh(weights.A, 'A'))
  const impact = scope === 'U' ? 6.42 * lost : 7.52 * (lost - 0.029) - 3.25 * (lost - 0.02) ** 15
  const exploitability = 8.22 * weigh(weights.AV, 'AV') * weigh(weights.AC, 'AC') * weigh(privileges[scope], 'PR') * weigh(weights.UI, 'UI')
  if (Number.isNaN(impact + exploitability)) return undefined
  if (impact <= 0) return 0
  const sum = Math.min(10, (scope === 'U' ? 1 : 1.08) * (impact + exploitability))
  return minor === '1' ? roundUp(sum) : Math.ceil(sum * 10) / 10
}

/** To one decimal, as 3.1 defines it: without being led astray by the last bits of a product. */
function roundUp(value: number): number {
  const whole = Math.round(value * 100_000)
  return whole % 10_000 === 0 ? whole / 100_000 : (Math.floor(whole / 10_000) + 1) / 10
}
