/** The day, or the moment of it, at which a rule of an ignore file ends: as for trivy, with the first moment of the day in UTC. */
import type { Instant } from '../base/clock.ts'

/** Undefined for what is no day of the calendar. */
export function readDay(text: string): Instant | undefined {
  const found = /^(\d{4})-(\d{2})-(\d{2})([Tt ].+)?$/.exec(text.trim())
  if (found === null) return undefined
  const [, year = '', month = '', day = '', time] = found
  const start = Date.UTC(Number(year), Number(month) - 1, Number(day))
  if (new Date(start).toISOString().slice(0, 10) !== `${year}-${month}-${day}`) return undefined
  if (time === undefined) return start
  const moment = Date.parse(text.trim().replace(' ', 'T'))
  return Number.isNaN(moment) ? undefined : moment
}
