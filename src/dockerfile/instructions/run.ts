/** RUN: a command inside the image that is being built. */

import { diagnose } from '../../base/diagnostic.ts'
import type { Heredoc } from '../heredoc.ts'
import { parseMount } from '../mounts.ts'
import { readFlags } from '../read-flags.ts'
import type { Word } from '../word.ts'
import { type CommandLine, readCommandLine } from './command-line.ts'
import { type Common, common, type Request } from './request.ts'

export interface Run extends Common<'run'> {
  readonly command: CommandLine
  readonly heredocs: readonly Heredoc[]
  /** Their values may hold variables: `parseMount` reads them when those are known. */
  readonly mounts: readonly Word[]
  readonly network: Word | undefined
  readonly security: Word | undefined
  readonly device: readonly Word[]
}

const flags = { mount: 'list', network: 'text', security: 'text', device: 'list' } as const

export function readRun(request: Request): Run | undefined {
  const { mount, ...others } = readFlags(request, flags)
  for (const word of mount) if (!word.text.includes('$')) parseMount(word, (text) => text, request.report)
  checkChoice(request, 'network', others.network, ['default', 'none', 'host'])
  checkChoice(request, 'security', others.security, ['sandbox', 'insecure'])
  const command = readCommandLine(request, request.rest)
  return command && { ...common('run', request), command, heredocs: request.heredocs, mounts: mount, ...others }
}

function checkChoice(request: Request, flag: string, word: Word | undefined, choices: readonly string[]): void {
  if (word === undefined || choices.includes(word.text)) return
  request.report(diagnose('DOCKERFILE_FLAG_INVALID', { flag, value: word.text, reason: `it is none of ${choices.join(', ')}` }, { at: word.at }))
}
