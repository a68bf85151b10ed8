/** Texts with expressions in them: finds each `<+…>`, parses it, keeps what is around it. Conditions are one expression altogether. */
import type { Expr, ExprPart, Template } from './ast.ts'
import { type ExprProblem, exprProblem } from './expr-problem.ts'
import { exprLimits } from './limits.ts'
import { parseExpression } from './parse-expression.ts'
import { parseNested } from './parse-nested.ts'
import { isStop, type ParserState, peek, unexpected } from './parser-state.ts'
import { skipBlanks } from './token.ts'

export interface ParsedTemplate {
  readonly template: Template
  /** What cannot be parsed stays text in the template. */
  readonly problems: readonly ExprProblem[]
}

export function hasExpression(text: string): boolean {
  return text.includes('<+')
}

export function parseTemplate(source: string): ParsedTemplate {
  const parts: (string | ExprPart)[] = []
  const problems: ExprProblem[] = []
  let done = 0
  for (let at = source.indexOf('<+'); at >= 0 && problems.length < exprLimits.problems; at = source.indexOf('<+', at)) {
    const p: ParserState = { text: source, at, nesting: 0, open: 0, brackets: 0 }
    const found = attempt(p, () => parseNested(p))
    if ('problem' in found) {
      problems.push(found.problem)
      at = Math.max(p.at, at + 2)
      continue
    }
    if (at > done) parts.push(source.slice(done, at))
    parts.push({ kind: 'expr', expr: found.value.inner, start: at, end: p.at })
    done = p.at
    at = p.at
  }
  if (done < source.length) parts.push(source.slice(done))
  return { template: { source, parts }, problems }
}

/** `<+a> == "x" && <+b>`: the whole text is the expression, delimited or not. Nothing written means nothing to test. */
export function parseCondition(source: string): ParsedTemplate {
  if (source.trim() === '') return { template: { source, parts: [] }, problems: [] }
  const p: ParserState = { text: source, at: skipBlanks(source, 0), nesting: 0, open: 0, brackets: 0 }
  const start = p.at
  const found = attempt(p, () => {
    const expr = parseExpression(p)
    return peek(p).kind === 'end' ? expr : unexpected(p)
  })
  if ('problem' in found) return { template: { source, parts: [source] }, problems: [found.problem] }
  return { template: { source, parts: [{ kind: 'expr', expr: found.value, start, end: found.value.end }] }, problems: [] }
}

function attempt<T extends Expr>(p: ParserState, parse: () => T): { readonly value: T } | { readonly problem: ExprProblem } {
  try {
    return { value: parse() }
  } catch (error) {
    if (isStop(error)) return { problem: error.stop }
    // Only a full stack can end here, when the caller's own is nearly used up.
    return { problem: exprProblem('EXPR_TOO_DEEP', { limit: exprLimits.nesting }, { start: p.at, end: p.at + 1 }) }
  }
}
