/** The events of a run as they come, also when another process runs it, until it ends. */
import type { Recorded, RunId } from '../../events/run-event.ts'
import type { EventRange, History } from '../../ports/history.ts'
import type { World } from '../world.ts'

const pollMs = 150
/** Whether the run's process still lives is asked less often. */
const pollsPerRecovery = 10

/** Yields `quiet` when all that there is was given. Rejects with the signal's reason. */
export async function* followRun(
  run: RunId,
  history: History,
  { range, clock, signal }: { readonly range: EventRange } & Pick<World, 'clock' | 'signal'>,
): AsyncGenerator<Recorded | 'quiet'> {
  let after = range.after ?? 0
  for (let polls = 1; ; polls++) {
    // Asked first: what was written before the end is read after it.
    const status = (await history.find(run))?.status
    for await (const recorded of history.events(run, { ...range, after })) {
      signal.throwIfAborted()
      after = recorded.seq
      yield recorded
    }
    yield 'quiet'
    if (status !== 'running') return
    await clock.sleep(pollMs, { signal })
    if (polls % pollsPerRecovery === 0) await history.recover()
  }
}
