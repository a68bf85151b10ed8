/** After a step: the test reports it has left, told as an event. They never change how the step ended. */
import { diagnose } from '../base/diagnostic.ts'
import { isProblem } from '../base/problem.ts'
import { stepPath } from '../events/step-path.ts'
import type { RunWork } from '../steps/work.ts'
import type { WorkAt } from './do-work.ts'
import { nowKnown, revealText } from './reveal.ts'

export async function tellReports({ work, step, state, context }: WorkAt<RunWork>): Promise<void> {
  const { reports = [] } = work
  if (reports.length === 0 || context.signal.aborted) return
  const path = stepPath(step.path)
  try {
    const patterns = await Promise.all(reports.map(async (pattern) => insideOf(await revealText(nowKnown(pattern), context))))
    const { redactor, signal } = context
    await state.workspace.bringHere?.({ signal })
    const { results, notes } = await context.readReports({
      folder: state.workspace.hostPath('/harness'),
      patterns,
      mask: (text) => redactor.text(text),
      signal,
    })
    for (const note of notes) await context.emit({ kind: 'step.note', step: path, note })
    if (results !== undefined) await context.emit({ kind: 'step.tests', step: path, results })
  } catch (error) {
    if (context.signal.aborted) return
    const reason = isProblem(error) ? error.diagnostic.message : error instanceof Error ? error.message : String(error)
    await context.emit({ kind: 'step.note', step: path, note: diagnose('REPORTS_UNREADABLE', { reason }) })
  }
}

function insideOf(pattern: string): string {
  return pattern.replace(/^\/harness\/+/, '').replace(/^(?:\.\/)+/, '')
}
