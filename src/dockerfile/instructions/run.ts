/** RUN: a command inside the image that is being built. */

import type { Heredoc } from '../heredoc.ts'
import { readFlags } from '../read-flags.ts'
import type { Word } from '../word.ts'
import { type CommandLine, readCommandLine } from './command-line.ts'
import { type Common, common, type Request } from './request.ts'

export interface Run extends Common<'run'> {
  readonly command: CommandLine
  readonly heredocs: readonly Heredoc[]
  /** Not yet read: their values may hold variables. */
  readonly mounts: readonly Word[]
  readonly network: Word | undefined
  readonly security: Word | undefined
  readonly device: readonly Word[]
}

const flags = { mount: 'list', network: 'text', security: 'text', device: 'list' } as const

export function readRun(request: Request): Run | undefined {
  const { mount, ...others } = readFlags(request, flags)
  const command = readCommandLine(request, request.rest)
  return command && { ...common('run', request), command, heredocs: request.heredocs, mounts: mount, ...others }
}
