/** History that ends with the process: for tests, and for runs that shall leave nothing behind. */
import type { Recorded, RunId } from '../../events/run-event.ts'
import type { History, RunRecord } from '../../ports/history.ts'

export function memoryHistory(): History {
  const runs = new Map<RunId, RunRecord>()
  const events = new Map<RunId, Recorded[]>()
  const sequences = new Map<string, number>()
  return {
    async begin(run) {
      const sequenceId = (sequences.get(run.pipeline) ?? 0) + 1
      sequences.set(run.pipeline, sequenceId)
      const record: RunRecord = { ...run, sequenceId, status: 'running' }
      runs.set(run.run, record)
      events.set(run.run, [])
      return record
    },
    async append(recorded) {
      for (const one of recorded) {
        events.get(one.run)?.push(one)
        const record = runs.get(one.run)
        if (record !== undefined && one.event.kind === 'run.finished') {
          runs.set(one.run, { ...record, status: one.event.outcome.kind, finishedAt: one.at })
        }
      }
    },
    async list({ pipeline, limit = 50 } = {}) {
      const all = [...runs.values()].filter((run) => pipeline === undefined || run.pipeline === pipeline)
      return all.sort((a, b) => b.startedAt - a.startedAt || (a.run < b.run ? 1 : -1)).slice(0, limit)
    },
    find: async (run) => [...runs.values()].find((record) => record.run === run),
    async *events(run, { after = 0 } = {}) {
      yield* (events.get(run) ?? []).filter((recorded) => recorded.seq > after)
    },
    close: async () => undefined,
  }
}
