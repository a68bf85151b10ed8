/** Opens the history for a command, says what is to be said of it, and marks runs whose process died. */
import { type Diagnostic, diagnose } from '../base/diagnostic.ts'
import { isProblem } from '../base/problem.ts'
import type { History, RunRecord } from '../ports/history.ts'
import { printDiagnostics } from './failures.ts'
import { nameOf } from './runs/find-run.ts'
import { leftOfRun } from './runs/resumable.ts'
import type { World } from './world.ts'

export interface HistoryUse {
  /** False: who calls knows that runs were cut off. */
  readonly tellInterrupted?: boolean
}

export async function withHistory<T>(world: World, use: (history: History) => Promise<T>, o: HistoryUse = {}): Promise<T> {
  const notes: Diagnostic[] = []
  const history = await world.tools.history(world.home, (note) => notes.push(note))
  try {
    await printDiagnostics(notes, [], world)
    for (const record of await recovered(history, world)) {
      await (await world.tools.answers(world.home)).forget(record.run)
      if (o.tellInterrupted !== false) await tellLeft(record, history, world)
    }
    return await use(history)
  } finally {
    await history.close()
  }
}

async function recovered(history: History, world: World): Promise<readonly RunRecord[]> {
  return history.recover().catch(async (error: unknown) => {
    await told(error, world)
    return []
  })
}

/** Said once, by whoever sees it first. */
async function tellLeft(record: RunRecord, history: History, world: World): Promise<void> {
  const { stages } = await leftOfRun(record, history)
  if (stages.length > 0) await printDiagnostics([diagnose('RUN_INTERRUPTED', { run: nameOf(record), id: record.run })], [], world)
}

/** A full disk does not keep people from looking. Whoever has to write will meet it again. */
async function told(error: unknown, world: World): Promise<void> {
  if (!isProblem(error)) throw error
  await printDiagnostics([{ ...error.diagnostic, severity: 'warning' }], [], world)
}
