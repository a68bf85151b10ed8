/** Times and durations; those of what is under way go on. */
import type { Instant } from '../../src/base/clock.ts'
import { humanDuration } from '../../src/base/human.ts'
import { ago, momentText } from '../format.ts'
import { now } from './clock.ts'

export function Ago({ at }: { readonly at: Instant }) {
  return (
    <time dateTime={new Date(at).toISOString()} title={momentText(at)}>
      {ago(at, now.value)}
    </time>
  )
}

export function Duration({ from, to }: { readonly from: Instant | undefined; readonly to: Instant | undefined }) {
  if (from === undefined) return <span class="duration" />
  return <span class="duration">{humanDuration((to ?? Math.max(now.value, from)) - from)}</span>
}
