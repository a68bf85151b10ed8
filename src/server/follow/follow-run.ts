/** A run as a stream of messages: first what the history has, then, with all others who watch, what comes. Nothing twice, nothing left out. */
import type { RunId } from '../../events/run-event.ts'
import type { ServerParts } from '../parts.ts'
import { queuedRows, type RunRow, rowOf, runOf } from '../routes/known-run.ts'
import { type Batch, batchOf, endMessage, greeting, heartbeat } from './message.ts'
import { inBatches, joinFeed, type RunFeed } from './run-feed.ts'
import { type EventFilter, storedEvents } from './stored-events.ts'

const heartbeatMs = 15_000
const queuePollMs = 300

interface Following extends EventFilter {
  readonly after: number
  readonly signal: AbortSignal
}

export async function* followRun(run: RunId, { after, signal, ...filter }: Following, parts: ServerParts): AsyncGenerator<Uint8Array> {
  yield greeting
  for (let row = await unbegun(run, parts); row !== undefined; row = await unbegun(run, parts)) {
    if (row.status === 'refused') return yield endMessage(row)
    await parts.clock.sleep(queuePollMs, { signal })
    yield heartbeat
  }
  let at = after
  for await (const batch of stored(run, at, filter, parts)) {
    signal.throwIfAborted()
    at = batch.to
    yield batch.bytes
  }
  const feed = joinFeed(run, { ...filter, from: at }, parts)
  try {
    for (;;) {
      const news = feed.next()
      const batch = feed.batchAfter(at)
      if (batch !== undefined) {
        at = batch.to
        yield batch.bytes
      } else if (feed.head > at) {
        for await (const one of stored(run, at, filter, parts, feed.head)) {
          at = one.to
          yield one.bytes
        }
        at = Math.max(at, feed.head)
      } else if (feed.ended !== undefined) return yield endMessage(rowOf(feed.ended))
      else if (!(await soon(news, signal, parts))) yield heartbeat
      signal.throwIfAborted()
    }
  } finally {
    feed.leave()
  }
}

/** Its line, as long as it waits. */
async function unbegun(run: RunId, parts: ServerParts): Promise<RunRow | undefined> {
  if ((await parts.history.find(run)) !== undefined) return undefined
  return (await queuedRows(parts)).find((row) => row.run === run)
}

/** `upTo`: where the feed stands, so that from there on all take the same batches. */
async function* stored(run: RunId, after: number, filter: EventFilter, parts: ServerParts, upTo = Number.MAX_SAFE_INTEGER): AsyncGenerator<Batch> {
  const record = await runOf(run, parts)
  let at = after
  for await (const events of inBatches(storedEvents(record, parts.history, { ...filter, after }))) {
    const wanted = events.filter(({ seq }) => seq <= upTo)
    if (wanted.length === 0) return
    const batch = batchOf(at, wanted)
    at = batch.to
    yield batch
    if (wanted.length < events.length) return
  }
}

/** False: nothing has come for so long that a sign of life is due. */
async function soon(news: ReturnType<RunFeed['next']>, signal: AbortSignal, { clock }: ServerParts): Promise<boolean> {
  const over = new AbortController()
  const quiet = clock.sleep(heartbeatMs, { signal: AbortSignal.any([signal, over.signal]) }).then(() => false)
  quiet.catch(() => undefined)
  try {
    return await Promise.race([news.then(() => true), quiet])
  } finally {
    over.abort(new Error('there is news'))
  }
}
