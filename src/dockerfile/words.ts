/** Word expansion as the Dockerfile language has it: quotes, escapes, $name and ${name...}; and the splitting of the result into words. */
import { expandBraces } from './words-braces.ts'
import { isSpace, readName, type Scan, startScan } from './words-scan.ts'

export interface WordOptions {
  /** The escape character of the file. */
  readonly escape: string
  readonly lookup: (name: string) => string | undefined
  /** Keep the quotes in the result. */
  readonly rawQuotes?: boolean
  /** Keep the escape characters in the result. */
  readonly rawEscapes?: boolean
  /** Quotes are ordinary characters: the text of a here-document. */
  readonly plainQuotes?: boolean
  /** Leave `$name` as it stands when it has no value. */
  readonly keepUnset?: boolean
}

export type Expansion =
  | { readonly ok: true; readonly text: string; readonly words: readonly string[]; readonly used: ReadonlySet<string>; readonly unset: ReadonlySet<string> }
  | { readonly ok: false; readonly reason: string }

export function expandWord(source: string, o: WordOptions): Expansion {
  const scan = startScan(source, o)
  const read = readUntil(scan, undefined, o.rawEscapes ?? false)
  if (read === undefined) return { ok: false, reason: scan.fault ?? 'syntax error' }
  return { ok: true, text: read.text, words: read.words, used: scan.used, unset: scan.unset }
}

/** Reads to `stop` (taken too) or, without one, to the end. Undefined: `scan.fault` says what is wrong. */
export function readUntil(scan: Scan, stop: string | undefined, rawEscapes: boolean): { text: string; words: readonly string[] } | undefined {
  const outer = scan.rawEscapes
  scan.rawEscapes = rawEscapes
  const words = wordCollector()
  let text = ''
  let closed = stop === undefined
  while (scan.at < scan.chars.length) {
    const c = scan.chars[scan.at] ?? ''
    if (c === stop) {
      scan.at++
      closed = true
      break
    }
    const piece = readPiece(scan, c)
    if (piece === undefined) return undefined
    text += piece.text
    words.add(piece)
  }
  scan.rawEscapes = outer
  if (closed) return { text, words: words.finish() }
  scan.fault ??= `"${stop}" is missing`
  return undefined
}

/** `glued` text never ends a word, whatever white space it holds. */
interface PieceOfWord {
  readonly text: string
  readonly glued: boolean
}

function readPiece(scan: Scan, c: string): PieceOfWord | undefined {
  if (c === '$') return piece(readDollar(scan), false)
  if (c === "'" && !scan.o.plainQuotes) return piece(readSingleQuoted(scan), true)
  if (c === '"' && !scan.o.plainQuotes) return piece(readDoubleQuoted(scan), true)
  scan.at++
  if (c !== scan.o.escape) return { text: c, glued: false }
  const escaped = scan.chars[scan.at++] ?? ''
  return { text: (scan.rawEscapes ? c : '') + escaped, glued: escaped !== '' || scan.rawEscapes }
}

function piece(text: string | undefined, glued: boolean): PieceOfWord | undefined {
  return text === undefined ? undefined : { text, glued }
}

function readSingleQuoted(scan: Scan): string | undefined {
  const end = scan.chars.indexOf("'", scan.at + 1)
  if (end < 0) {
    scan.fault ??= 'a single quote is not closed'
    return undefined
  }
  const inside = scan.chars.slice(scan.at + 1, end).join('')
  scan.at = end + 1
  return scan.o.rawQuotes ? `'${inside}'` : inside
}

function readDoubleQuoted(scan: Scan): string | undefined {
  const quote = scan.o.rawQuotes ? '"' : ''
  let text = quote
  scan.at++
  while (scan.at < scan.chars.length) {
    const c = scan.chars[scan.at] ?? ''
    if (c === '"') {
      scan.at++
      return text + quote
    }
    const part = c === '$' ? readDollar(scan) : readQuotedChar(scan, c)
    if (part === undefined) return undefined
    text += part
  }
  scan.fault ??= 'a double quote is not closed'
  return undefined
}

/** Inside double quotes the escape character works on `"`, `$` and itself only; before anything else it stays. */
function readQuotedChar(scan: Scan, c: string): string {
  scan.at++
  if (c !== scan.o.escape) return c
  const kept = scan.rawEscapes ? c : ''
  const next = scan.chars[scan.at]
  if (next === undefined) return kept
  if (next !== '"' && next !== '$' && next !== scan.o.escape) return kept + c
  scan.at++
  return kept + next
}

export function readDollar(scan: Scan): string | undefined {
  scan.at++
  if (scan.chars[scan.at] === '{') return expandBraces(scan)
  const name = readName(scan)
  if (name === '') return '$'
  const value = scan.lookup(name)
  return value ?? (scan.o.keepUnset ? `$${name}` : '')
}

function wordCollector(): { add(piece: PieceOfWord): void; finish(): readonly string[] } {
  const words: string[] = []
  let word = ''
  const flush = (): void => {
    if (word !== '') words.push(word)
    word = ''
  }
  return {
    add(piece) {
      if (piece.glued) word += piece.text
      else {
        for (const c of piece.text) {
          if (isSpace(c)) flush()
          else word += c
        }
      }
    },
    finish() {
      flush()
      return words
    },
  }
}
