/** One file that a step writes about its image: masked, told of, and no reason to fail. */
import { diagnose } from '../base/diagnostic.ts'
import { stepPath } from '../events/step-path.ts'
import type { ImageWork } from '../steps/image-work.ts'
import type { WorkAt } from './do-work.ts'

export interface ReportFile {
  /** For messages. */
  readonly what: string
  readonly path: string
  readonly text: string
}

export async function writeReportFile({ what, path, text }: ReportFile, { step, context, state }: WorkAt<ImageWork>): Promise<void> {
  const masked = context.redactor.text(text)
  try {
    await context.writeFile(state.workspace.hostPath(path), masked, { signal: context.signal })
    await context.emit({ kind: 'file.written', step: stepPath(step.path), file: { path, bytes: Buffer.byteLength(masked) } })
  } catch (error) {
    context.signal.throwIfAborted()
    const reason = error instanceof Error ? error.message : String(error)
    await context.emit({ kind: 'step.note', step: stepPath(step.path), note: diagnose('REPORT_NOT_WRITTEN', { what, file: path, reason }, { at: step.at }) })
  }
}
