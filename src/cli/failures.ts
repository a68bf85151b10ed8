/** Findings and exceptions to the terminal, and to the exit codes that scripts rely on. */
import { type Diagnostic, hasErrors } from '../base/diagnostic.ts'
import { plural } from '../base/human.ts'
import { machineRefusal } from '../base/machine-refusal.ts'
import { isProblem } from '../base/problem.ts'
import { type Paint, renderDiagnostic } from '../text/render-diagnostic.ts'
import type { SourceFile } from '../text/source-file.ts'
import type { World, Writer } from './world.ts'

/** 0 done; 1 the work or the file has problems; 2 wrong usage; 130 aborted. */
export const exitCodes = { done: 0, problems: 1, usage: 2, aborted: 130 } as const
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

const sgr = { bold: '1', dim: '2', error: '31;1', warning: '33;1', info: '36;1' } as const

export function paintFor(writer: Writer): Paint {
  return writer.colour ? (style, text) => `\u001b[${sgr[style]}m${text}\u001b[0m` : (_style, text) => text
}

export async function printDiagnostics(diagnostics: readonly Diagnostic[], sources: readonly SourceFile[], world: World): Promise<void> {
  const paint = paintFor(world.stderr)
  const source = (name: string): SourceFile | undefined => sources.find((file) => file.name === name)
  for (const diagnostic of diagnostics) await world.stderr.write(`${renderDiagnostic(diagnostic, { paint, source })}\n`)
}

export function countText(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter((d) => d.severity === 'error').length
  const warnings = diagnostics.filter((d) => d.severity === 'warning').length
  return `${plural(errors, 'error')}, ${plural(warnings, 'warning')}`
}

export function codeFor(diagnostics: readonly Diagnostic[]): ExitCode {
  return hasErrors(diagnostics) ? exitCodes.problems : exitCodes.done
}

/** What a command let escape: a Problem in the user's words, what the machine refuses likewise, anything else as the defect it is. */
export async function printFailure(error: unknown, world: World): Promise<ExitCode> {
  if (world.signal.aborted) {
    await world.stderr.write('aborted\n')
    return exitCodes.aborted
  }
  if (isProblem(error)) {
    await printDiagnostics([error.diagnostic, ...error.others], [], world)
    if (world.env['SLIPWAY_DEBUG'] !== undefined && error.cause !== undefined)
      await world.stderr.write(`${String((error.cause as Error).stack ?? error.cause)}\n`)
    return exitCodes.problems
  }
  const refusal = machineRefusal(error)
  if (refusal !== undefined) {
    await printDiagnostics([refusal], [], world)
    return exitCodes.problems
  }
  await world.stderr.write(`slipway: a defect of the program: ${error instanceof Error ? error.stack : String(error)}\n`)
  return exitCodes.problems
}
