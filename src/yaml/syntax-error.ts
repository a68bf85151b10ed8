/** What the YAML library complains about, said in our codes and in words that help. */
import type { ErrorCode, YAMLError } from 'yaml'
import { type Diagnostic, diagnose } from '../base/diagnostic.ts'
import type { Span } from '../base/span.ts'
import type { SourceFile } from '../text/source-file.ts'
import { afterEnd, indentOf, leftover, unaligned } from './cascade.ts'

type Say = (what: string, at: Span, file: SourceFile) => Diagnostic | undefined

const syntax: Say = (what, at) => diagnose('YAML_SYNTAX', { what: lowerFirst(what) }, { at })
const indent: Say = (what, at) => diagnose('YAML_BAD_INDENT', { what: lowerFirst(what) }, { at })
const quotes: Say = (what, at) => diagnose('YAML_NEEDS_QUOTES', { what: lowerFirst(what) }, { at })
const brokenKey: Say = (_what, at) => diagnose('YAML_BROKEN_KEY', {}, { at })

/** `a: b: c` wants quotes; `a: 1` with a deeper line below it is a matter of indentation. */
const nestedMap: Say = (_what, at, file) =>
  /:\s/.test(file.line(at.line).slice(at.col - 1))
    ? quotes('it contains ": ", which starts a map in the middle of a line', at, file)
    : indent('the line below is indented deeper, as if it belonged to this value', at, file)

/** At the start of a line it is the line that belongs nowhere, in its middle the rest of the line. */
const extra: Say = (_what, at, file) =>
  indentOf(file.line(at.line)) === at.col - 1
    ? indent('the list or map above ends before this line, so that this line and those below belong to nothing', at, file)
    : syntax('the value is complete before this place, and more text follows it', at, file)

/** The library points at the start of the line; what is in the wrong column is its first word. */
const column: Say = (what, at, file) => {
  const col = indentOf(file.line(at.line)) + 1
  const kind = /^All mapping/.test(what) ? 'the keys of this map above stand' : 'the dashes of this list above stand'
  return indent(`${kind} in another column`, { ...at, col, endLine: at.line, endCol: col + 1 }, file)
}

const table: Partial<Record<ErrorCode, Say>> = {
  TAB_AS_INDENT: (_what, at) => diagnose('YAML_TAB_INDENT', {}, { at }),
  BAD_INDENT: indent,
  BLOCK_IN_FLOW: (_what, at, file) => syntax('inside [ ] or { } a list item cannot start with "- " nor a map without braces', at, file),
  BAD_DQ_ESCAPE: (what, at) => diagnose('YAML_BAD_ESCAPE', { what: what.replace(/^Invalid escape sequence /, '') }, { at }),
  BAD_SCALAR_START: quotes,
  BLOCK_AS_IMPLICIT_KEY: nestedMap,
  MULTILINE_IMPLICIT_KEY: brokenKey,
  KEY_OVER_1024_CHARS: brokenKey,
  BAD_DIRECTIVE: (what, at) => diagnose('YAML_DIRECTIVE', { what }, { at }),
  TAG_RESOLVE_FAILED: (what, at) => diagnose('YAML_TAG_IGNORED', { tag: what.replace(/^(Unresolved tag: |Unsupported tag: )/, '') }, { at }),
  BAD_COLLECTION_TYPE: (what, at) => diagnose('YAML_TAG_IGNORED', { tag: /!\S*|tag:\S*/.exec(what)?.[0] ?? 'given' }, { at }),
}

/** For messages whose code covers too much. */
const byMessage: readonly (readonly [RegExp, Say])[] = [
  [leftover, extra],
  [afterEnd, extra],
  [unaligned, column],
  [/^Missing closing ["']quote/, () => undefined], // told at the opening quote instead, see build-scalar
  [/^Implicit (map )?keys? need/, brokenKey],
  [/^Flow (map|sequence) .*end with a \]/, (_what, at, file) => syntax('a "[" before this place is not closed by "]"', at, file)],
  [/^Flow (map|sequence) .*end with a \}/, (_what, at, file) => syntax('a "{" before this place is not closed by "}"', at, file)],
]

/** Nothing for a complaint that is told better elsewhere. */
export function syntaxDiagnostic(error: YAMLError, file: SourceFile): Diagnostic | undefined {
  const [start, end] = error.pos
  const at = file.span(start, Math.max(end, start))
  const tab = tabIn(file, at)
  if (tab !== undefined) return diagnose('YAML_TAB_INDENT', {}, { at: tab })
  const say = byMessage.find(([pattern]) => pattern.test(error.message))?.[1] ?? table[error.code] ?? syntax
  return say(error.message, at, file)
}

/** A tab in the white space that starts the line is the cause, whatever the library stumbled over. Flow collections may be indented so. */
function tabIn(file: SourceFile, at: Span): Span | undefined {
  const lead = /^[ \t]*/.exec(file.line(at.line))?.[0] ?? ''
  const tab = lead.indexOf('\t')
  if (tab < 0 || at.col > lead.length + 1) return undefined
  return { file: file.name, line: at.line, col: tab + 1, endLine: at.line, endCol: lead.length + 1 }
}

function lowerFirst(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1)
}
