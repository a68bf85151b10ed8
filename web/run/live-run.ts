/**
 * A run as it goes on: its events from the first one, folded by the one reducer, so that a page that was loaded again shows what a page
 * shows that was there from the start. Output does not come this way; logs are read by the lines that are seen.
 *
 *   connecting ──> live ──> ended
 *        ^          │
 *        └── lost <─┘   tries again after a while, from the last number it saw
 */
import { batch, type Signal, signal } from '@preact/signals'
import { reduceRun } from '../../src/events/reduce-run.ts'
import type { Recorded } from '../../src/events/run-event.ts'
import { emptyView, type RunView } from '../../src/events/run-view.ts'
import { type Failure, get } from '../api/client.ts'
import { paths } from '../api/paths.ts'
import type { RunRow } from '../api/types.ts'

export type Link = 'connecting' | 'live' | 'lost' | 'ended'

export interface LiveRun {
  readonly run: string
  readonly view: Signal<RunView>
  readonly row: Signal<RunRow | undefined>
  readonly link: Signal<Link>
  readonly failure: Signal<Failure | undefined>
  stop(): void
}

const waits = [500, 1000, 2000, 5000]

export function followRun(run: string): LiveRun {
  const [view, row, link, failure] = [
    signal(emptyView),
    signal<RunRow | undefined>(undefined),
    signal<Link>('connecting'),
    signal<Failure | undefined>(undefined),
  ]
  let source: EventSource | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let attempts = 0
  let stopped = false

  const open = (): void => {
    clearTimeout(timer)
    source?.close()
    const events = new EventSource(paths.stream(run, view.peek().seq))
    source = events
    events.onopen = () => {
      attempts = 0
      link.value = 'live'
    }
    events.onmessage = ({ data }) => take(JSON.parse(String(data)) as readonly Recorded[])
    events.addEventListener('end', ({ data }) => {
      events.close()
      batch(() => {
        row.value = JSON.parse(String(data)) as RunRow
        link.value = 'ended'
      })
    })
    events.onerror = () => {
      events.close()
      if (!stopped) void lost()
    }
  }
  const take = (events: readonly Recorded[]): void => {
    view.value = events.reduce(reduceRun, view.peek())
  }
  const lost = async (): Promise<void> => {
    link.value = 'lost'
    await askRow()
    if (stopped || failure.peek() !== undefined) return
    clearTimeout(timer)
    timer = setTimeout(open, waits[Math.min(attempts, waits.length - 1)])
    attempts += 1
  }
  /** The line of the run has what no event tells: its place in the queue, the branch. And whether it is there at all. */
  const askRow = async (): Promise<void> => {
    const answer = await get<{ readonly run: RunRow }>(paths.run(run))
    if (stopped) return
    if (answer.ok) row.value = answer.value.run
    else if (answer.failure.status !== 0 && answer.failure.status < 500) failure.value = answer.failure
  }
  const wake = (): void => {
    if (link.peek() === 'lost' && !stopped) open()
  }
  void askRow()
  open()
  addEventListener('online', wake)
  return {
    run,
    view,
    row,
    link,
    failure,
    stop() {
      stopped = true
      clearTimeout(timer)
      source?.close()
      removeEventListener('online', wake)
    },
  }
}
