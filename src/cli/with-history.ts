/** Opens the history for a command, says what is to be said of it, and marks runs whose process died. */
import type { Diagnostic } from '../base/diagnostic.ts'
import { isProblem } from '../base/problem.ts'
import type { History, RunRecord } from '../ports/history.ts'
import { printDiagnostics } from './failures.ts'
import type { World } from './world.ts'

export async function withHistory<T>(world: World, use: (history: History) => Promise<T>): Promise<T> {
  const notes: Diagnostic[] = []
  const history = await world.tools.history(world.home, (note) => notes.push(note))
  try {
    await printDiagnostics(notes, [], world)
    for (const { run } of await recovered(history, world)) await (await world.tools.answers(world.home)).forget(run)
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

/** A full disk does not keep people from looking. Whoever has to write will meet it again. */
async function told(error: unknown, world: World): Promise<void> {
  if (!isProblem(error)) throw error
  await printDiagnostics([{ ...error.diagnostic, severity: 'warning' }], [], world)
}
