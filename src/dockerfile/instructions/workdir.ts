/** WORKDIR: the directory of what follows; relative to the one before. */
import { readFlags } from '../read-flags.ts'
import type { Word } from '../word.ts'
import { type Common, common, type Request, wrongArguments } from './request.ts'

export interface Workdir extends Common<'workdir'> {
  readonly path: Word
}

export function readWorkdir(request: Request): Workdir | undefined {
  readFlags(request, {})
  if (request.rest.text === '') return wrongArguments(request, 'a path')
  return { ...common('workdir', request), path: request.rest.word() }
}
