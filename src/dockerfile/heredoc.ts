/** Here-documents: which of them a line announces (`<<EOF`, `<<-EOF`, `3<<"EOF"`), and what they hold. */
import type { Span } from '../base/span.ts'
import { expandWord } from './words.ts'

/** `<<NAME` as announced in a line. */
export interface HeredocStart {
  readonly name: string
  /** The text is expanded: no part of the name was quoted. */
  readonly expand: boolean
  /** `<<-`: tabs at the start of lines are dropped. */
  readonly chomp: boolean
  readonly descriptor: number
}

export interface Heredoc extends HeredocStart {
  /** As in the file, tabs still there. */
  readonly content: string
  readonly at: Span
}

const pattern = /^(\d*)<<(-?)([^<]*)$/
const raw = { escape: '\\', lookup: () => undefined, keepUnset: true }

/** The here-documents that a line's words announce, in their order. A line with an open quote has none. */
export function heredocStarts(line: string): readonly HeredocStart[] {
  const split = expandWord(line, { ...raw, rawQuotes: true, rawEscapes: true })
  if (!split.ok) return []
  return split.words.flatMap((word) => heredocStart(word) ?? [])
}

export function heredocStart(word: string): HeredocStart | undefined {
  const match = pattern.exec(word)
  const rest = match?.[3] ?? ''
  if (match === null || rest === '') return undefined
  const plain = expandWord(rest, raw)
  const quoted = expandWord(rest, { ...raw, rawQuotes: true, rawEscapes: true })
  const name = plain.ok && plain.words.length === 1 ? plain.words[0] : undefined
  if (name === undefined || !quoted.ok) return undefined
  return { name, expand: name === quoted.words[0], chomp: match[2] === '-', descriptor: Number(match[1] ?? 0) }
}

/** The text that a reader of the here-document sees, before expansion. */
export function heredocText(heredoc: Heredoc): string {
  return heredoc.chomp ? heredoc.content.replace(/^\t+/gm, '') : heredoc.content
}
