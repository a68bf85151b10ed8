/** A step's output as events: masked, within its limits, in the order in which it came. */
import { diagnose } from '../base/diagnostic.ts'
import { humanBytes, plural } from '../base/human.ts'
import type { StepPath } from '../events/step-path.ts'
import type { OutputChunk } from '../ports/infrastructure.ts'
import { gatherOutput } from './gather-output.ts'
import { type LogPiece, limitedLog } from './log-limits.ts'
import type { RunContext } from './parts.ts'

type Told = Pick<RunContext, 'emit' | 'redactor' | 'logLimits'>

/** So much waits while events are taken; then the process waits too. */
const mostWaiting = 128 * 1024

/** Awaiting each event lets a slow sink slow the step down, instead of filling memory. */
export async function tellOutput(output: AsyncIterable<OutputChunk>, step: StepPath, context: Told): Promise<void> {
  const masks = { out: context.redactor.stream(), err: context.redactor.stream() }
  const log = stepLog(step, context)
  for await (const { stream, bytes } of gatherOutput(output, mostWaiting)) await log.tell({ stream, text: masks[stream].push(bytes) })
  for (const stream of ['out', 'err'] as const) await log.tell({ stream, text: masks[stream].flush() })
  await log.end()
}

export interface StepLog {
  /** Text that is masked already. */
  tell(piece: LogPiece): Promise<void>
  /** What a limit kept back, and a note of what is missing: once. */
  end(): Promise<void>
}

export function stepLog(step: StepPath, { emit, logLimits = {} }: Pick<Told, 'emit' | 'logLimits'>): StepLog {
  const log = limitedLog(logLimits)
  const say = async (pieces: readonly LogPiece[]): Promise<void> => {
    for (const { stream, text } of pieces) if (text !== '') await emit({ kind: 'step.output', step, stream, text })
  }
  return {
    tell: (piece) => say(log.take(piece)),
    async end() {
      const { pieces, cut } = log.end()
      await say(pieces)
      if (cut.bytes === 0) return
      const lines = cut.lines === 0 ? 'no line was' : plural(cut.lines, 'line was', 'lines were')
      await emit({ kind: 'step.note', step, note: diagnose('LOG_CUT', { bytes: humanBytes(cut.bytes), lines }) })
    },
  }
}
