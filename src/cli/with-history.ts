/** Opens the history for a command, says what is to be said of it, and marks runs whose process died. */
import type { Diagnostic } from '../base/diagnostic.ts'
import type { History } from '../ports/history.ts'
import { printDiagnostics } from './failures.ts'
import type { World } from './world.ts'

export async function withHistory<T>(world: World, use: (history: History) => Promise<T>): Promise<T> {
  const notes: Diagnostic[] = []
  const history = await world.tools.history(world.home, (note) => notes.push(note))
  try {
    await printDiagnostics(notes, [], world)
    await history.recover()
    return await use(history)
  } finally {
    await history.close()
  }
}
