/** What steps about saved files tell on their way: lines of their log, notes, and how far a transfer has come. */
import type { Diagnostic } from '../../base/diagnostic.ts'
import type { OutputVariable } from '../../events/run-event.ts'
import { stepPath } from '../../events/step-path.ts'
import type { CacheWork } from '../../steps/cache-work.ts'
import type { WorkAt } from '../do-work.ts'

export async function line(text: string, { context, step }: WorkAt<CacheWork>): Promise<void> {
  await context.emit({ kind: 'step.output', step: stepPath(step.path), stream: 'out', text: `${text}\n` })
}

export async function note(one: Diagnostic, { context, step }: WorkAt<CacheWork>): Promise<void> {
  await context.emit({ kind: 'step.note', step: stepPath(step.path), note: one })
}

/** Not more often than this: every piece of progress is an event that is kept. */
const everyBytes = 8_000_000

export function progressOf(task: string, { context, step }: WorkAt<CacheWork>): (done: number, total?: number) => void {
  let told = 0
  return (done, total) => {
    if (done - told < everyBytes && done !== total) return
    told = done
    void context.emit({ kind: 'step.progress', step: stepPath(step.path), progress: { task, done, ...(total !== undefined && { total }) } })
  }
}

export function output(name: string, value: string | number | boolean): OutputVariable {
  return { name, value: String(value), secret: false }
}
