/** `<+ expression >`: the delimiters, and the question whether a `>` closes or compares. */
import type { Expr } from './ast.ts'
import { parseExpression } from './parse-expression.ts'
import { deeper, isSign, type ParserState, peek, stop, takeSign, unexpected } from './parser-state.ts'

/** The position is at `<+`. */
export function parseNested(p: ParserState): Expr & { kind: 'nested' } {
  const start = p.at
  const brackets = p.brackets
  p.at += 2
  p.open++
  p.brackets = 0
  if (isSign(peek(p), '>')) stop('EXPR_EMPTY', {}, { start, end: peek(p).end })
  const inner = deeper(p, () => parseExpression(p))
  if (!takeSign(p, '>')) {
    if (peek(p).kind === 'end') stop('EXPR_UNCLOSED', {}, { start, end: start + 2 })
    unexpected(p)
  }
  p.open--
  p.brackets = brackets
  return { kind: 'nested', inner, start, end: p.at }
}

const lookAhead = 1000

/**
 * Whether the `>` at `at` compares. Inside brackets, or where no delimiter is open, it can do nothing else. Otherwise it
 * closes, unless it stands alone between blanks (`<+<+a> > 5>`), an operand follows, and all open delimiters still find
 * their own `>` further on in the line. The look-ahead is bounded, which keeps parsing linear.
 */
export function isGreaterThan(p: ParserState, at: number): boolean {
  if (p.open === 0 || p.brackets > 0) return true
  const after = p.text.charAt(at + 1) === '=' ? at + 2 : at + 1
  if (!/\s/.test(p.text.charAt(at - 1)) || !/\s/.test(p.text.charAt(after))) return false
  if (!/^[ \t]*(?:["'\w([$-]|<\+)/.test(p.text.slice(after, after + 40))) return false
  return closingsAhead(p.text.slice(after, after + lookAhead), p.open)
}

function closingsAhead(text: string, wanted: number): boolean {
  let depth = 0
  let found = 0
  for (let i = 0; i < text.length && text[i] !== '\n'; i++) {
    if (text.startsWith('<+', i)) depth++
    else if (text[i] === '>' && depth > 0) depth--
    else if (text[i] === '>') found++
  }
  return found >= wanted
}
