/** Runs checks a few at a time, in the order given, and tells when each starts and ends. */
import { runTask, type TaskResult } from './run-task.ts'
import type { Task } from './tasks.ts'

export interface RunAllOptions {
  readonly cwd: string
  readonly atOnce: number
  readonly signal: AbortSignal
  started(name: string): void
  ended(name: string, result: TaskResult): void
}

export async function runAll(tasks: readonly Task[], o: RunAllOptions): Promise<ReadonlyMap<string, TaskResult>> {
  const results = new Map<string, TaskResult>()
  const waiting = [...tasks]
  const worker = async (): Promise<void> => {
    for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) {
      o.started(task.name)
      const result = await runTask(task, o)
      results.set(task.name, result)
      o.ended(task.name, result)
    }
  }
  await Promise.all(Array.from({ length: o.atOnce }, worker))
  return results
}
