/** Amounts of memory and CPU as clusters spell them, as numbers. */

const factors: Readonly<Record<string, number>> = { '': 1, m: 1e-3, k: 1e3, K: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 }
const powers = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']

/** `500Mi`, `2G`, `1.5` or `400m`; undefined: none of these. */
export function amountOf(text: string): number | undefined {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([a-zA-Z]*)$/.exec(text.trim()) ?? []
  const power = powers.indexOf(unit)
  const factor = power >= 0 ? 1024 ** (power + 1) : factors[unit]
  return number === undefined || factor === undefined ? undefined : Number(number) * factor
}
