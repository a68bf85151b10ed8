/** What builders tell, as output, notes and transfers of the step. */
import type { BuildEvent } from '../events/build-event.ts'
import { type BuildView, emptyBuild, reduceBuild } from '../events/build-view.ts'
import { plainBuild } from '../events/plain-build.ts'
import type { StepPath } from '../events/step-path.ts'
import type { RunContext } from './parts.ts'
import { stepLog } from './step-output.ts'

interface Told {
  readonly tell: (event: BuildEvent) => void
  readonly end: () => Promise<void>
  readonly view: () => BuildView
}

/** A step that failed says its last words once more, where people look first, and a quiet one nothing else. */
export function buildTold(step: StepPath, quiet: boolean, context: RunContext): Told {
  let view = emptyBuild
  const plain = plainBuild()
  const log = stepLog(step, context)
  const print = (lines: readonly string[]): void => {
    if (lines.length === 0) return
    void log.tell({ stream: 'out', text: context.redactor.text(lines.map((line) => `${line}\n`).join('')) })
  }
  const tell = (event: BuildEvent): void => {
    view = reduceBuild(view, event, context.clock.now())
    if (event.kind === 'note') void context.emit({ kind: 'step.note', step, note: event.note })
    else if (event.kind === 'progress') void context.emit({ kind: 'step.progress', step, progress: event.progress })
    else {
      const lines = plain.lines(event, context.clock.now())
      if (!quiet) print(lines)
    }
    if (event.kind === 'end' && event.state === 'failed') print(plain.failures())
  }
  return { tell, end: log.end, view: () => view }
}
