/** MAINTAINER: the author of the image; long deprecated in favour of a label. */
import { readFlags } from '../read-flags.ts'
import type { Word } from '../word.ts'
import { type Common, common, type Request, wrongArguments } from './request.ts'

export interface Maintainer extends Common<'maintainer'> {
  readonly name: Word
}

export function readMaintainer(request: Request): Maintainer | undefined {
  readFlags(request, {})
  if (request.rest.text === '') return wrongArguments(request, 'a name')
  return { ...common('maintainer', request), name: request.rest.word() }
}
