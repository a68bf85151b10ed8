/** What the parser functions share: the text, the position, how deep they are. A mistake is thrown as a Stop and caught where a template begins. */
import type { Code } from '../base/codes.ts'
import type { DiagnosticOptions } from '../base/diagnostic.ts'
import type { Parameters } from '../base/message.ts'
import { type ExprProblem, exprProblem, type Range } from './expr-problem.ts'
import { exprLimits } from './limits.ts'
import { type Token, tokenAt } from './token.ts'

export interface ParserState {
  readonly text: string
  at: number
  nesting: number
  /** `<+` that are open and will want their `>`. */
  open: number
  /** Brackets open since the last `<+`: inside them `>` can only be an operator. */
  brackets: number
}

/** Thrown inside the parser only, never seen outside. */
export interface Stop {
  readonly stop: ExprProblem
}

export function stop<C extends Code>(code: C, data: Parameters<C>, at: Range, options: DiagnosticOptions = {}): never {
  throw { stop: exprProblem(code, data, at, options) } satisfies Stop
}

export function isStop(error: unknown): error is Stop {
  return typeof error === 'object' && error !== null && 'stop' in error
}

export function peek(p: ParserState): Token {
  return tokenAt(p.text, p.at)
}

export function isSign(token: Token, sign: string): boolean {
  return token.kind === 'sign' && token.sign === sign
}

export function takeSign(p: ParserState, sign: string): boolean {
  const token = peek(p)
  if (!isSign(token, sign)) return false
  p.at = token.end
  return true
}

export function expectSign(p: ParserState, sign: string, what: string): void {
  if (!takeSign(p, sign)) unexpected(p, `${what} is not closed by "${sign}"`)
}

export function unexpected(p: ParserState, what?: string): never {
  const token = peek(p)
  const found = token.kind === 'end' ? 'it ends too early' : `"${p.text.slice(token.start, token.end)}" is not expected here`
  return stop('EXPR_SYNTAX', { what: what ?? found }, token)
}

/** Runs `parse` one level deeper, within the limit. */
export function deeper<T>(p: ParserState, parse: () => T): T {
  if (p.nesting >= exprLimits.nesting) stop('EXPR_TOO_DEEP', { limit: exprLimits.nesting }, { start: p.at, end: p.at + 1 })
  p.nesting++
  try {
    return parse()
  } finally {
    p.nesting--
  }
}

export function inBrackets<T>(p: ParserState, parse: () => T): T {
  p.brackets++
  try {
    return parse()
  } finally {
    p.brackets--
  }
}
