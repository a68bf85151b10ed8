/** Moments and numbers as people read them; sizes and durations are those of the terminal. */
import type { Instant } from '../src/base/clock.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** `just now`, `5 min ago`, `3 h ago`, `2 days ago`, then the date. */
export function ago(at: Instant, now: Instant): string {
  const gone = now - at
  if (gone < minute) return 'just now'
  if (gone < hour) return `${Math.floor(gone / minute)} min ago`
  if (gone < day) return `${Math.floor(gone / hour)} h ago`
  const days = Math.floor(gone / day)
  if (days < 14) return days === 1 ? 'yesterday' : `${days} days ago`
  return dateText(at)
}

export function dateText(at: Instant): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' }).format(at)
}

export function momentText(at: Instant): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' }).format(at)
}

export function countText(n: number): string {
  return n.toLocaleString('en-US')
}

/** `sha256:0ff1ce0123ab`: enough to tell digests apart at a glance. */
export function shortDigest(digest: string): string {
  const [algorithm = '', hex = ''] = digest.split(':')
  return `${algorithm}:${hex.slice(0, 12)}`
}
