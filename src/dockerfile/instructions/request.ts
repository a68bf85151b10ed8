/** What the reader of one instruction gets: the line in parts, and a way to say what is wrong with it. */
import type { Diagnostic } from '../../base/diagnostic.ts'
import { diagnose } from '../../base/diagnostic.ts'
import type { Span } from '../../base/span.ts'
import type { Heredoc } from '../heredoc.ts'
import type { PlacedText } from '../placed-text.ts'
import type { Word } from '../word.ts'

export interface Request {
  readonly keyword: Word
  readonly flags: readonly Word[]
  /** All behind the flags, trimmed. */
  readonly rest: PlacedText
  readonly heredocs: readonly Heredoc[]
  readonly at: Span
  /** The whole logical line, continuation characters taken out. */
  readonly source: string
  readonly comments: readonly string[]
  readonly escape: string
  readonly report: (d: Diagnostic) => void
}

/** What all typed instructions have in common. */
export interface Common<K extends string> {
  readonly kind: K
  readonly at: Span
  readonly keyword: Word
  readonly source: string
  readonly comments: readonly string[]
}

export function common<K extends string>(kind: K, request: Request): Common<K> {
  return { kind, at: request.at, keyword: request.keyword, source: request.source, comments: request.comments }
}

/** Reports that the arguments are too few or too many. */
export function wrongArguments(request: Request, expected: string): undefined {
  const at = request.rest.text === '' ? request.keyword.at : request.rest.span(0, request.rest.text.length)
  request.report(diagnose('DOCKERFILE_ARGUMENTS', { instruction: request.keyword.text.toUpperCase(), expected }, { at }))
  return undefined
}
