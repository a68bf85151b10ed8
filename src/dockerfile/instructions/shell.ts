/** SHELL: what the shell form of the instructions that follow is handed to. */
import { diagnose } from '../../base/diagnostic.ts'
import { readFlags } from '../read-flags.ts'
import type { Word } from '../word.ts'
import { readCommandLine } from './command-line.ts'
import { type Common, common, type Request, wrongArguments } from './request.ts'

export interface Shell extends Common<'shell'> {
  readonly args: readonly Word[]
}

export function readShell(request: Request): Shell | undefined {
  readFlags(request, {})
  const command = readCommandLine(request, request.rest)
  if (command === undefined) return undefined
  if (command.kind === 'exec')
    return command.args.length > 0 ? { ...common('shell', request), args: command.args } : wrongArguments(request, 'at least one element')
  request.report(diagnose('DOCKERFILE_JSON_REQUIRED', { instruction: 'SHELL' }, { at: request.at }))
  return undefined
}
