/** Joins continued lines, drops comments and takes in here-documents: one logical line per instruction. */
import { type Diagnostic, diagnose } from '../base/diagnostic.ts'
import type { Span } from '../base/span.ts'
import type { SourceFile } from '../text/source-file.ts'
import { type Heredoc, type HeredocStart, heredocStarts } from './heredoc.ts'
import { type PhysicalLine, physicalLines } from './physical-lines.ts'
import { type Piece, type PlacedText, placedText } from './placed-text.ts'
import { takesHeredocs } from './split-instruction.ts'

export interface LogicalLine {
  readonly text: PlacedText
  /** From the first character of the instruction to its last, here-documents included. */
  readonly at: Span
  /** The comment lines directly above. */
  readonly comments: readonly string[]
  /** Blank lines in the midst of a continued instruction. */
  readonly blanks: readonly Span[]
  readonly heredocs: readonly Heredoc[]
}

interface Reader {
  readonly file: SourceFile
  readonly escapeChar: string
  readonly lines: readonly PhysicalLine[]
  next: number
  readonly report: (d: Diagnostic) => void
}

export function readLogicalLines(file: SourceFile, escapeChar: string, report: (d: Diagnostic) => void): readonly LogicalLine[] {
  const reader: Reader = { file, escapeChar, lines: [...physicalLines(file.text)], next: 0, report }
  const out: LogicalLine[] = []
  let comments: string[] = []
  for (let line = reader.lines[reader.next]; line !== undefined; line = reader.lines[reader.next]) {
    const text = line.text.trimStart()
    if (text.startsWith('#')) {
      comments.push(text.slice(1).trim())
      reader.next++
      continue
    }
    if (text === '') reader.next++
    else out.push(readInstruction(reader, comments))
    comments = []
  }
  return out
}

function readInstruction(reader: Reader, comments: readonly string[]): LogicalLine {
  const start = reader.lines[reader.next]?.start ?? 0
  const { pieces, blanks } = joinContinued(reader)
  const text = placedText(reader.file, pieces)
  const heredocs = readHeredocs(reader, text)
  const last = reader.lines[reader.next - 1]
  const at = reader.file.span(firstInk(reader.file.text, start), (last?.start ?? 0) + (last?.text.length ?? 0))
  return { text, at, comments, blanks, heredocs }
}

function firstInk(text: string, from: number): number {
  let at = from
  while (at < text.length && /\s/.test(text[at] ?? '')) at++
  return at
}

/** Comment lines may stand between continued lines; blank ones too, though they deserve a warning. */
function joinContinued(reader: Reader): { pieces: readonly Piece[]; blanks: readonly Span[] } {
  const pieces: Piece[] = []
  const blanks: Span[] = []
  for (let line = reader.lines[reader.next]; line !== undefined; line = reader.lines[reader.next]) {
    reader.next++
    const trimmed = line.text.trimStart()
    if (pieces.length > 0 && trimmed.startsWith('#')) continue
    if (pieces.length > 0 && trimmed === '') {
      blanks.push(reader.file.span(line.start, line.start + line.text.length))
      continue
    }
    const skipped = pieces.length === 0 ? line.text.length - trimmed.length : 0
    const cut = continuation(line.text, reader.escapeChar)
    pieces.push({ text: line.text.slice(skipped, cut), offset: line.start + skipped })
    if (cut === undefined) break
  }
  return { pieces, blanks }
}

/** Where the continuation character stands, if the line has one: it ends the line, white space aside, and is not itself escaped. */
function continuation(text: string, escapeChar: string): number | undefined {
  let at = text.length - 1
  while (text[at] === ' ' || text[at] === '\t') at--
  return at >= 0 && text[at] === escapeChar && text[at - 1] !== escapeChar ? at : undefined
}

function readHeredocs(reader: Reader, text: PlacedText): readonly Heredoc[] {
  if (!text.text.includes('<<') || !takesHeredocs(text.text)) return []
  return heredocStarts(text.text).map((start) => readHeredoc(reader, start, text))
}

function readHeredoc(reader: Reader, start: HeredocStart, text: PlacedText): Heredoc {
  const from = reader.lines[reader.next]?.start ?? reader.file.text.length
  for (let line = reader.lines[reader.next]; line !== undefined; line = reader.lines[reader.next]) {
    reader.next++
    const candidate = start.chomp ? line.text.replace(/^\t+/, '') : line.text
    if (candidate === start.name) return { ...start, content: reader.file.text.slice(from, line.start), at: reader.file.span(from, line.start) }
  }
  reader.report(diagnose('DOCKERFILE_HEREDOC_UNTERMINATED', { name: start.name }, { at: text.span(0, text.text.length) }))
  return { ...start, content: reader.file.text.slice(from), at: reader.file.span(from, reader.file.text.length) }
}
