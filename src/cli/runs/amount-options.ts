/** Counts and moments as people write them in options. */
import type { Instant } from '../../base/clock.ts'
import { problem } from '../../base/problem.ts'
import { durationOption } from '../images/amounts.ts'

export function countOption(option: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw problem('AMOUNT_INVALID', { option, text, example: 'a whole number such as 100' })
  return Number(text)
}

/** `10m` is ten minutes ago; a date or an ISO time is itself. */
export function momentOption(text: string, now: Instant): Instant {
  const moment = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(moment) ? now - durationOption('--since', text) : moment
}
