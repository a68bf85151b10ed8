/** Dockerfile text to stages of typed instructions. Never throws; all that is wrong comes back as diagnostics. */
import { type Diagnostic, diagnose } from '../base/diagnostic.ts'
import type { SourceFile } from '../text/source-file.ts'
import { type Directives, readDirectives } from './directives.ts'
import type { Arg } from './instructions/arg.ts'
import { type From, readFrom } from './instructions/from.ts'
import { type Instruction, readInstruction } from './instructions/instruction.ts'
import type { Request } from './instructions/request.ts'
import { type LogicalLine, readLogicalLines } from './logical-lines.ts'
import { splitInstruction } from './split-instruction.ts'

export interface Stage {
  readonly index: number
  /** In lower case, as it is compared. */
  readonly name: string | undefined
  readonly from: From
  readonly instructions: readonly Instruction[]
}

export interface Dockerfile {
  readonly file: SourceFile
  readonly directives: Directives
  /** ARG instructions before the first FROM. */
  readonly globalArgs: readonly Arg[]
  readonly stages: readonly Stage[]
  readonly lines: readonly LogicalLine[]
  readonly diagnostics: readonly Diagnostic[]
}

export function parseDockerfile(file: SourceFile): Dockerfile {
  const diagnostics: Diagnostic[] = []
  const report = (d: Diagnostic): void => void diagnostics.push(d)
  const directives = readDirectives(file, report)
  const lines = readLogicalLines(file, directives.escape, report)
  const globalArgs: Arg[] = []
  const stages: (Stage & { readonly instructions: Instruction[] })[] = []
  for (const line of lines) {
    const request = requestFor(line, directives.escape, report)
    if (request.keyword.text.toLowerCase() === 'from') {
      const from = readFrom(request)
      if (from !== undefined) stages.push({ index: stages.length, name: from.name?.text.toLowerCase(), from, instructions: [] })
      continue
    }
    const instruction = readInstruction(request)
    if (instruction === undefined) continue
    const stage = stages.at(-1)
    if (stage !== undefined) stage.instructions.push(instruction)
    else if (instruction.kind === 'arg') globalArgs.push(instruction)
    else report(diagnose('DOCKERFILE_BEFORE_FROM', { instruction: request.keyword.text.toUpperCase() }, { at: request.keyword.at }))
  }
  if (lines.length === 0) report(diagnose('DOCKERFILE_EMPTY', {}, { at: file.span(0) }))
  else if (stages.length === 0 && diagnostics.length === 0) report(diagnose('DOCKERFILE_NO_STAGE', {}, { at: file.span(0) }))
  return { file, directives, globalArgs, stages, lines, diagnostics: diagnostics.toSorted(byPlace) }
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  return (a.at?.line ?? 0) - (b.at?.line ?? 0) || (a.at?.col ?? 0) - (b.at?.col ?? 0)
}

/** Reads one instruction that does not come from the file itself, such as a base image's ONBUILD trigger. */
export function parseInstruction(
  file: SourceFile,
  escapeChar: string,
): { readonly instruction: Instruction | undefined; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = []
  const report = (d: Diagnostic): void => void diagnostics.push(d)
  const line = readLogicalLines(file, escapeChar, report)[0]
  const instruction = line && readInstruction(requestFor(line, escapeChar, report))
  return { instruction, diagnostics }
}

function requestFor(line: LogicalLine, escapeChar: string, report: (d: Diagnostic) => void): Request {
  const { keyword, flags, rest } = splitInstruction(line.text)
  return { keyword, flags, rest, heredocs: line.heredocs, at: line.at, source: line.text.text.trim(), comments: line.comments, escape: escapeChar, report }
}
