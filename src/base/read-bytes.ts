/** Amounts of bytes as people write them: `500`, `25 KB`, `1.5GiB`. */
const units: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12, ki: 2 ** 10, mi: 2 ** 20, gi: 2 ** 30, ti: 2 ** 40 }

export const bytesPattern = /\d+(?:\.\d+)?\s*(?:[kKmMgGtT][iI]?)?[bB]?/

export function readBytes(text: string): number | undefined {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)\s*((?:[kmgt]i?)?)b?$/i.exec(text.trim()) ?? []
  const factor = units[unit.toLowerCase()]
  return number === undefined || factor === undefined ? undefined : Math.floor(Number(number) * factor)
}
