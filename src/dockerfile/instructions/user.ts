/** USER: who runs what follows, `user[:group]`, by name or number. */
import { readFlags } from '../read-flags.ts'
import type { Word } from '../word.ts'
import { type Common, common, type Request, wrongArguments } from './request.ts'

export interface User extends Common<'user'> {
  readonly user: Word
}

export function readUser(request: Request): User | undefined {
  readFlags(request, {})
  if (request.rest.text === '') return wrongArguments(request, 'a user')
  return { ...common('user', request), user: request.rest.word() }
}
