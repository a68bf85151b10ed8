/** The arguments of COPY, ADD and VOLUME: a JSON array of paths, or paths with white space between them. */
import { diagnose } from '../../base/diagnostic.ts'
import { readJsonForm } from '../json-form.ts'
import { splitAtSpaces } from '../split-words.ts'
import type { Word } from '../word.ts'
import type { Request } from './request.ts'

export interface PathList {
  readonly paths: readonly Word[]
  readonly json: boolean
}

export function readPathList(request: Request): PathList | undefined {
  const json = readJsonForm(request.rest)
  if (json.kind === 'words') return { paths: json.words, json: true }
  if (json.kind === 'none') return { paths: splitAtSpaces(request.rest), json: false }
  request.report(
    diagnose('DOCKERFILE_JSON_NOT_STRINGS', { instruction: request.keyword.text.toUpperCase() }, { at: request.rest.span(0, request.rest.text.length) }),
  )
  return undefined
}
