/** The sinks of one run: each is told everything in order; one that fails is dropped, and the run goes on without it. */
import type { Recorded } from '../events/run-event.ts'
import type { Sink } from '../ports/sink.ts'

export interface SinkFailure {
  readonly sink: string
  readonly error: unknown
}

export interface SinkRow {
  /** Resolves when all have taken it. */
  write(recorded: Recorded): Promise<void>
  /** Closes all after the last event. Answers those that failed on the way. */
  close(): Promise<readonly SinkFailure[]>
}

export function sinkRow(sinks: readonly Sink[]): SinkRow {
  let last: Promise<void> = Promise.resolve()
  let alive = [...sinks]
  const open = [...sinks]
  const failures: SinkFailure[] = []
  const drop = (sink: Sink, error: unknown): void => {
    alive = alive.filter((other) => other !== sink)
    // What is broken fails again when it is closed: said once.
    if (!failures.some((failure) => failure.sink === sink.name)) failures.push({ sink: sink.name, error })
  }
  const deliver = async (recorded: Recorded): Promise<void> => {
    for (const sink of alive) {
      try {
        await sink.write(recorded)
      } catch (error) {
        drop(sink, error)
      }
    }
  }
  return {
    write(recorded) {
      last = last.then(() => deliver(recorded))
      return last
    },
    async close() {
      await last
      for (const sink of open.splice(0)) await sink.close().catch((error: unknown) => drop(sink, error))
      return failures
    },
  }
}
