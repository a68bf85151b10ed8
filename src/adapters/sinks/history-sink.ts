/**
 * Keeps the run's events. What others rely on (a step that has finished, an image that was delivered) is kept before it is told further;
 * output, and that something begins, may wait for more of their kind, but never longer than a reader of the log would notice.
 */
import type { Recorded, RunEvent } from '../../events/run-event.ts'
import type { History } from '../../ports/history.ts'
import type { Sink } from '../../ports/sink.ts'

const [batchBytes, waitMs] = [256 * 1024, 100]
const patient: ReadonlySet<RunEvent['kind']> = new Set(['step.output', 'step.started'])

export function historySink(history: History): Sink {
  let batch: Recorded[] = []
  let bytes = 0
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> = Promise.resolve()
  let failure: { readonly error: unknown } | undefined

  const flush = (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    const now = batch
    batch = []
    bytes = 0
    if (now.length > 0) writing = writing.then(() => history.append(now))
    return writing
  }
  const flushLate = (): void => {
    flush().catch((error: unknown) => {
      failure = { error }
    })
  }
  return {
    name: 'history',
    async write(recorded) {
      if (failure !== undefined) throw failure.error
      if (recorded.event.kind === 'step.progress') return
      batch.push(recorded)
      if (recorded.event.kind === 'step.output') bytes += recorded.event.text.length
      if (bytes >= batchBytes || !patient.has(recorded.event.kind)) await flush()
      else timer ??= setTimeout(flushLate, waitMs)
    },
    async close() {
      await flush()
    },
  }
}
