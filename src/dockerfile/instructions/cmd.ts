/** CMD: what a container runs when nothing else is asked for. */
import { readFlags } from '../read-flags.ts'
import { type CommandLine, readCommandLine } from './command-line.ts'
import { type Common, common, type Request } from './request.ts'

export interface Cmd extends Common<'cmd'> {
  readonly command: CommandLine
}

export function readCmd(request: Request): Cmd | undefined {
  readFlags(request, {})
  const command = readCommandLine(request, request.rest)
  return command && { ...common('cmd', request), command }
}
