/**
 * One reader for all who watch a run live: it looks for news a few times a second and makes the bytes once, however many take them.
 * It knows the last batches only; whoever is further behind reads the history, which knows all.
 */
import { problem } from '../../base/problem.ts'
import type { Recorded, RunId } from '../../events/run-event.ts'
import type { RunRecord } from '../../ports/history.ts'
import type { ServerParts } from '../parts.ts'
import { mayHaveDied } from './may-have-died.ts'
import { type Batch, batchOf } from './message.ts'
import { type EventFilter, storedEvents } from './stored-events.ts'

const pollMs = 150
const keptBytes = 4 * 1024 * 1024
const [mostEvents, mostText] = [5000, 256 * 1024]

export interface RunFeed {
  /** Number of the last event that was read. */
  readonly head: number
  /** The batch that begins where the watcher stands; undefined when it is no longer kept, or stands elsewhere. */
  batchAfter(seq: number): Batch | undefined
  /** The run is over, and all of it was read. */
  readonly ended: RunRecord | undefined
  /** Resolves with the next news. Rejects when the history cannot be read. */
  next(): Promise<void>
  leave(): void
}

type Parts = Pick<ServerParts, 'history' | 'answers' | 'clock' | 'signal'>

interface Feed extends RunFeed {
  watchers: number
}

const feeds = new WeakMap<Parts['history'], Map<string, Feed>>()

/** `from`: where the first watcher stands; the others catch up to the head by themselves. */
export function joinFeed(run: RunId, { from, ...filter }: EventFilter & { readonly from: number }, parts: Parts): RunFeed {
  const open = feeds.get(parts.history) ?? new Map<string, Feed>()
  feeds.set(parts.history, open)
  const key = JSON.stringify([run, filter.output, filter.step])
  const feed = open.get(key) ?? startFeed(run, { from, ...filter }, parts, () => open.delete(key))
  open.set(key, feed)
  feed.watchers += 1
  return feed
}

function startFeed(run: RunId, { from, ...filter }: EventFilter & { readonly from: number }, parts: Parts, gone: () => void): Feed {
  const idle = new AbortController()
  const signal = AbortSignal.any([idle.signal, parts.signal])
  let batches: Batch[] = []
  let bytes = 0
  let head = from
  let ended: RunRecord | undefined
  let news = Promise.withResolvers<void>()
  news.promise.catch(() => undefined)
  const tell = (): void => {
    const told = news
    news = Promise.withResolvers<void>()
    news.promise.catch(() => undefined)
    told.resolve()
  }
  const push = (events: readonly Recorded[]): void => {
    const batch = batchOf(head, events)
    batches.push(batch)
    bytes += batch.bytes.length
    head = batch.to
    let old = 0
    for (; bytes > keptBytes && old < batches.length - 1; old++) bytes -= batches[old]?.bytes.length ?? 0
    if (old > 0) batches = batches.slice(old)
    tell()
  }
  const work = async (): Promise<void> => {
    for (;;) {
      await mayHaveDied(parts)
      // Asked first: what was written before the end is read after it.
      const record = await parts.history.find(run)
      if (record === undefined) throw problem('RUN_NOT_FOUND', { run })
      for await (const events of inBatches(storedEvents(record, parts.history, { ...filter, after: head }))) {
        signal.throwIfAborted()
        push(events)
      }
      if (record.status !== 'running') {
        ended = record
        return tell()
      }
      await parts.clock.sleep(pollMs, { signal })
    }
  }
  const feed: Feed = {
    watchers: 0,
    get head() {
      return head
    },
    get ended() {
      return ended
    },
    batchAfter: (seq) => batches.find((batch) => batch.from === seq),
    next: () => news.promise,
    leave() {
      feed.watchers -= 1
      if (feed.watchers > 0) return
      gone()
      idle.abort(new Error('nobody watches'))
    },
  }
  work().catch((error: unknown) => {
    gone()
    news.reject(error)
  })
  return feed
}

export async function* inBatches(events: AsyncIterable<Recorded>): AsyncGenerator<readonly Recorded[]> {
  let batch: Recorded[] = []
  let size = 0
  for await (const recorded of events) {
    batch.push(recorded)
    size += recorded.event.kind === 'step.output' ? recorded.event.text.length : 200
    if (batch.length < mostEvents && size < mostText) continue
    yield batch
    batch = []
    size = 0
  }
  if (batch.length > 0) yield batch
}
