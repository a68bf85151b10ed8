/** Durations and sizes as people write them in options: `24h`, `7d`, `1h30m`, `500MB`, `2GiB`. */
import { problem } from '../../base/problem.ts'

const units = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const

/** Milliseconds. */
export function durationOption(option: string, text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(s|m|h|d|w)/g)]
  const whole = parts.map(([part]) => part).join('') === text && parts.length > 0
  if (!whole) throw problem('AMOUNT_INVALID', { option, text, example: '90s, 24h, 7d or 1h30m' })
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * units[unit as keyof typeof units], 0)
}

const scales: Readonly<Record<string, number>> = { '': 0, k: 1, m: 2, g: 3, t: 4 }

/** Bytes; `KB` counts thousands, `KiB` 1024s, as a lone number counts bytes. */
export function bytesOption(option: string, text: string): number {
  const [, count, scale = '', binary] = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b?$/i.exec(text.trim()) ?? []
  if (count === undefined) throw problem('AMOUNT_INVALID', { option, text, example: '500MB, 2GiB or a number of bytes' })
  return Math.floor(Number(count) * (binary === 'i' ? 1024 : 1000) ** (scales[scale.toLowerCase()] ?? 0))
}
