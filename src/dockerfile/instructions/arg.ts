/** ARG: variables of the build, with or without a default. */
import { diagnose } from '../../base/diagnostic.ts'
import { readFlags } from '../read-flags.ts'
import { splitOutsideQuotes } from '../split-words.ts'
import type { Word } from '../word.ts'
import { type Common, common, type Request, wrongArguments } from './request.ts'

export interface Arg extends Common<'arg'> {
  readonly args: readonly ArgDeclaration[]
}

export interface ArgDeclaration {
  readonly name: Word
  readonly value: Word | undefined
}

export function readArg(request: Request): Arg | undefined {
  readFlags(request, {})
  const words = splitOutsideQuotes(request.rest, request.escape)
  if (words.length === 0) return wrongArguments(request, 'at least one name')
  const blank = words.find((word) => word.text.startsWith('='))
  if (blank !== undefined) request.report(diagnose('DOCKERFILE_NAME_BLANK', { instruction: 'ARG' }, { at: blank.at }))
  return { ...common('arg', request), args: words.map(declaration) }
}

function declaration(word: Word): ArgDeclaration {
  const equals = word.text.indexOf('=')
  if (equals < 0) return { name: word, value: undefined }
  return { name: { text: word.text.slice(0, equals), at: word.at }, value: { text: word.text.slice(equals + 1), at: word.at } }
}
