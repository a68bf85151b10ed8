/** Durations such as 30s, 1m30s or 1.5h, in nanoseconds. */
const units: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, μs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 }
const whole = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/
const part = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g

export function parseDuration(text: string): number | undefined {
  if (/^[+-]?0$/.test(text)) return 0
  if (text.length > 64 || !whole.test(text)) return undefined
  let total = 0
  for (const [, count, unit] of text.matchAll(part)) total += Number(count) * (units[unit ?? ''] ?? 0)
  return Math.trunc(text.startsWith('-') ? -total : total)
}
