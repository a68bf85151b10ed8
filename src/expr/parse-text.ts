/** Quoted texts and computed names: both may hold nested expressions. */
import type { Pieces } from './ast.ts'
import { parseNested } from './parse-nested.ts'
import { type ParserState, stop } from './parser-state.ts'
import { isWordPart, type Token, wordEnd } from './token.ts'

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', '"': '"', "'": "'" }

/** Reads on from the opening quote. An unknown escape keeps its backslash, so that patterns such as '\d+' need none doubled. */
export function parseQuoted(p: ParserState, token: Token & { kind: 'quote' }): Pieces {
  const pieces: Pieces[number][] = []
  let run = ''
  p.at = token.end
  for (;;) {
    if (p.at >= p.text.length) stop('EXPR_OPEN_QUOTE', { quote: token.quote.slice(-1) }, token)
    if (p.text.startsWith(token.quote, p.at)) break
    if (p.text.startsWith('<+', p.at)) {
      if (run !== '') pieces.push(run)
      run = ''
      pieces.push(parseNested(p))
    } else {
      run += readUnit(p)
    }
  }
  p.at += token.quote.length
  if (run !== '' || pieces.length === 0) pieces.push(run)
  return pieces
}

function readUnit(p: ParserState): string {
  const c = p.text.charAt(p.at)
  const next = p.text.charAt(p.at + 1)
  const hex = c === '\\' && next === 'u' ? /^[\da-fA-F]{4}/.exec(p.text.slice(p.at + 2, p.at + 6))?.[0] : undefined
  if (hex !== undefined) {
    p.at += 6
    return String.fromCharCode(Number.parseInt(hex, 16))
  }
  const meant = c === '\\' && Object.hasOwn(escapes, next) ? escapes[next] : undefined
  p.at += meant === undefined ? 1 : 2
  return meant ?? c
}

/** A name from here on, pieces glued without space: `s1<+strategy.postFix>_x`. The position is at its first character. */
export function parseGluedName(p: ParserState): Pieces {
  const pieces: Pieces[number][] = []
  for (;;) {
    if (isWordPart(p.text, p.at)) {
      const end = wordEnd(p.text, p.at)
      pieces.push(p.text.slice(p.at, end))
      p.at = end
    } else if (p.text.startsWith('<+', p.at)) {
      pieces.push(parseNested(p))
    } else {
      return pieces
    }
  }
}
