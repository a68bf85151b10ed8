/** The turns of a loop, so many at once. Where the loop says so, a failure skips those that have not begun. */
import { mapPool } from '../base/map-pool.ts'
import { isGood, type Outcome, worst } from '../events/outcome.ts'

export interface Turns<N> {
  readonly children: readonly N[]
  readonly maxConcurrency?: number
  readonly skipQueued?: true
}

export const turnSkipped: Outcome = { kind: 'skipped', because: 'an earlier turn of its loop failed' }

export async function runTurns<N>({ children, maxConcurrency, skipQueued }: Turns<N>, work: (child: N, skip: boolean) => Promise<Outcome>): Promise<Outcome> {
  let failed = false
  const outcomes = await mapPool(children, maxConcurrency, async (child) => {
    const outcome = await work(child, failed && skipQueued === true)
    failed ||= !isGood(outcome) && outcome.kind !== 'aborted'
    return outcome
  })
  return worst(outcomes)
}
