/** Starts queued runs in their order, as many at once as it may. Runs that an earlier server has started count too. */
import type { RunId } from '../../events/run-event.ts'
import type { History } from '../../ports/history.ts'
import type { RunQueue } from '../../ports/run-queue.ts'
import type { RunStarter } from '../../ports/run-starter.ts'
import type { World } from '../world.ts'

export interface DispatcherParts {
  readonly queue: RunQueue
  readonly starter: RunStarter
  readonly history: History
  readonly limit: number
}

export interface Dispatcher {
  /** There is something new to look at. */
  look(): void
  /** Starts nothing any more; resolves when all that it has started are over. */
  drain(): Promise<void>
  /** Those that it has started and that are not over. */
  runs(): readonly RunId[]
}

const everyMs = 2000

export function dispatcher({ queue, starter, history, limit }: DispatcherParts, { clock, stderr }: Pick<World, 'clock' | 'stderr'>): Dispatcher {
  const mine = new Map<RunId, Promise<void>>()
  const over = new AbortController()
  let news = Promise.withResolvers<void>()

  const begin = async (run: RunId): Promise<void> => {
    const { ended } = await starter.start(run)
    const whole = ended.then(async (words) => {
      // It says itself how it went. One that crashed before it could is refused with its last words.
      const begun = (await history.find(run)) !== undefined
      if (begun) await queue.remove(run, ['started'])
      else await queue.refuse(run, words.trim() || 'its process ended without a word')
      mine.delete(run)
      news.resolve()
    })
    mine.set(
      run,
      whole.catch((error: unknown) => {
        mine.delete(run)
        void stderr.write(`slipway: the queue: ${String(error)}\n`)
      }),
    )
  }
  const look = async (): Promise<void> => {
    const all = await queue.list()
    let busy = 0
    for (const { run, state } of all) {
      if (state.kind !== 'started') continue
      if (mine.has(run) || (await starter.lives(run))) busy += 1
      // Its server died, and so did it: what has begun is in the history, what has not begins anew.
      else if ((await history.find(run)) !== undefined) await queue.remove(run, ['started'])
      else await queue.putBack(run)
    }
    for (const { run, state } of all) {
      if (busy >= limit || over.signal.aborted) return
      if (state.kind !== 'waiting' || !(await queue.take(run))) continue
      busy += 1
      await begin(run)
    }
  }
  const working = (async () => {
    while (!over.signal.aborted) {
      news = Promise.withResolvers<void>()
      await look().catch((error: unknown) => void stderr.write(`slipway: the queue: ${String(error)}\n`))
      const rest = new AbortController()
      const waited = clock.sleep(everyMs, { signal: AbortSignal.any([over.signal, rest.signal]) }).catch(() => undefined)
      await Promise.race([news.promise, waited])
      rest.abort(new Error('there is news'))
    }
  })()
  return {
    look: () => news.resolve(),
    runs: () => [...mine.keys()],
    async drain() {
      over.abort(new Error('the server ends'))
      await working
      await Promise.all(mine.values())
    },
  }
}
