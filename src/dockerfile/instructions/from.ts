/** FROM: begins a stage on a base image, an earlier stage or nothing (`scratch`). */
import { diagnose } from '../../base/diagnostic.ts'
import { readFlags } from '../read-flags.ts'
import { splitAtSpaces } from '../split-words.ts'
import type { Word } from '../word.ts'
import { type Common, common, type Request, wrongArguments } from './request.ts'

export interface From extends Common<'from'> {
  readonly base: Word
  readonly platform: Word | undefined
  /** As written; names are compared in lower case. */
  readonly name: Word | undefined
  /** The word AS, as written. */
  readonly as: Word | undefined
}

const validName = /^[a-z][a-z0-9\-_.]*$/

export function readFrom(request: Request): From | undefined {
  const { platform } = readFlags(request, { platform: 'text' })
  const [base, as, name, ...more] = splitAtSpaces(request.rest)
  const named = as?.text.toLowerCase() === 'as' && name !== undefined && more.length === 0
  if (base === undefined || (as !== undefined && !named)) return wrongArguments(request, 'an image, or an image and AS and a name')
  if (name !== undefined && !validName.test(name.text.toLowerCase())) {
    request.report(diagnose('DOCKERFILE_STAGE_NAME_INVALID', { name: name.text }, { at: name.at }))
  }
  return { ...common('from', request), base, platform, name, as }
}
