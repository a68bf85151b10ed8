/** The pairs of ENV and LABEL: `name=value ...`, or the old form `name value` that takes the rest of the line. */
import { diagnose } from '../../base/diagnostic.ts'
import { splitOutsideQuotes } from '../split-words.ts'
import type { Word } from '../word.ts'
import { type Request, wrongArguments } from './request.ts'

export interface KeyValue {
  readonly key: Word
  readonly value: Word
  /** The old form, without "=". */
  readonly legacy: boolean
}

export function readKeyValues(request: Request): readonly KeyValue[] | undefined {
  const words = splitOutsideQuotes(request.rest, request.escape)
  const first = words[0]
  if (first === undefined) return wrongArguments(request, 'at least one name=value')
  if (!first.text.includes('=')) return readLegacy(request)
  const pairs = words.flatMap((word) => readPair(request, word) ?? [])
  return pairs.length === words.length ? pairs : undefined
}

function readPair(request: Request, word: Word): KeyValue | undefined {
  const equals = word.text.indexOf('=')
  const instruction = request.keyword.text.toUpperCase()
  if (equals < 0) request.report(diagnose('DOCKERFILE_ASSIGNMENT_INVALID', { word: word.text, instruction }, { at: word.at }))
  else if (equals === 0) request.report(diagnose('DOCKERFILE_NAME_BLANK', { instruction }, { at: word.at }))
  else return { key: { text: word.text.slice(0, equals), at: word.at }, value: { text: word.text.slice(equals + 1), at: word.at }, legacy: false }
  return undefined
}

function readLegacy(request: Request): readonly KeyValue[] | undefined {
  const match = /^([^\t\v\f\r ]+)[\t\v\f\r ]+(?=[\s\S])/.exec(request.rest.text)
  if (match === null) return wrongArguments(request, 'a name and a value')
  return [{ key: request.rest.word(0, match[1]?.length ?? 0), value: request.rest.word(match[0].length), legacy: true }]
}
