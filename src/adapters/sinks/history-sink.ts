/** Keeps the run's events. Output and progress are written in batches; everything else at once, because it was acknowledged. */
import type { Recorded } from '../../events/run-event.ts'
import type { History } from '../../ports/history.ts'
import type { Sink } from '../../ports/sink.ts'

const batchBytes = 256 * 1024

export function historySink(history: History): Sink {
  let batch: Recorded[] = []
  let bytes = 0
  const flush = async (): Promise<void> => {
    const now = batch
    batch = []
    bytes = 0
    if (now.length > 0) await history.append(now)
  }
  return {
    name: 'history',
    async write(recorded) {
      if (recorded.event.kind === 'step.progress') return
      batch.push(recorded)
      bytes += recorded.event.kind === 'step.output' ? recorded.event.text.length : batchBytes
      if (bytes >= batchBytes) await flush()
    },
    close: flush,
  }
}
