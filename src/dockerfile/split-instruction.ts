/** One logical line into keyword, flags and the rest. */
import type { PlacedText } from './placed-text.ts'
import type { Word } from './word.ts'

export interface SplitInstruction {
  /** As written. */
  readonly keyword: Word
  /** Unquoted, each beginning with `--`. */
  readonly flags: readonly Word[]
  readonly rest: PlacedText
}

export function splitInstruction(line: PlacedText): SplitInstruction {
  const text = line.trim()
  const keywordEnd = /^[^\t\v\f\r ]*/.exec(text.text)?.[0].length ?? 0
  const { flags, end } = splitFlags(text, keywordEnd)
  return { keyword: text.word(0, keywordEnd), flags, rest: text.slice(end).trim() }
}

/** Flags end at the first word that does not begin with `--`, or after a lone `--`. */
function splitFlags(text: PlacedText, from: number): { flags: readonly Word[]; end: number } {
  const flags: Word[] = []
  let at = from
  for (;;) {
    while (at < text.text.length && /\s/.test(text.text[at] ?? '')) at++
    if (!text.text.startsWith('--', at)) return { flags, end: at }
    const { value, end } = readFlag(text.text, at)
    if (value === '--') return { flags, end }
    flags.push({ text: value, at: text.span(at, end) })
    at = end
  }
}

/** Quotes and backslashes (always backslashes here, whatever the escape directive) are taken off. */
function readFlag(text: string, from: number): { value: string; end: number } {
  let value = ''
  let quote = ''
  let at = from
  for (; at < text.length; at++) {
    const c = text[at] ?? ''
    if (quote === '' && /\s/.test(c)) break
    if (c === '\\') value += text[++at] ?? ''
    else if (c === quote) quote = ''
    else if (quote === '' && (c === '"' || c === "'")) quote = c
    else value += c
  }
  return { value, end: Math.min(at, text.length) }
}

const heredocKeywords = /^\s*(?:onbuild\s+)?(?:run|copy|add)(?=[\t\v\f\r ])/i

/** RUN, COPY and ADD (or an ONBUILD of them) whose arguments are not a JSON array. */
export function takesHeredocs(line: string): boolean {
  const keyword = heredocKeywords.exec(line)?.[0]
  return keyword !== undefined && !isJsonArray(line.slice(keyword.length).replace(/^(?:\s*--\S+)*/, ''))
}

function isJsonArray(text: string): boolean {
  if (!text.trimStart().startsWith('[')) return false
  try {
    return Array.isArray(JSON.parse(text))
  } catch {
    return false
  }
}
