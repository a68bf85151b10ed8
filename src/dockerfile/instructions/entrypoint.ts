/** ENTRYPOINT: the program of the image; CMD then gives its arguments. */
import { readFlags } from '../read-flags.ts'
import { type CommandLine, readCommandLine } from './command-line.ts'
import { type Common, common, type Request } from './request.ts'

export interface Entrypoint extends Common<'entrypoint'> {
  readonly command: CommandLine
}

export function readEntrypoint(request: Request): Entrypoint | undefined {
  readFlags(request, {})
  const command = readCommandLine(request, request.rest)
  return command && { ...common('entrypoint', request), command }
}
