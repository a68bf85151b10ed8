/** Operators by precedence, from the weakest (conditional) to the strongest (unary). */
import type { BinaryOperator, Expr, UnaryOperator } from './ast.ts'
import { exprLimits } from './limits.ts'
import { isGreaterThan } from './parse-nested.ts'
import { parsePostfix, startsOperand } from './parse-operand.ts'
import { deeper, isSign, type ParserState, peek, stop, takeSign } from './parser-state.ts'
import type { Token } from './token.ts'

type Infix =
  | { readonly kind: 'choice'; readonly operator: '&&' | '||'; readonly level: number }
  | { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly level: number }

const binary = (operator: BinaryOperator, level: number): Infix => ({ kind: 'binary', operator, level })

/** By sign or word; higher levels bind stronger. */
const infixes: ReadonlyMap<string, Infix> = new Map<string, Infix>([
  ['||', { kind: 'choice', operator: '||', level: 1 }],
  ['or', { kind: 'choice', operator: '||', level: 1 }],
  ['&&', { kind: 'choice', operator: '&&', level: 2 }],
  ['and', { kind: 'choice', operator: '&&', level: 2 }],
  ...(['==', '!='] as const).map((sign) => [sign, binary(sign, 3)] as const),
  ['eq', binary('==', 3)],
  ['ne', binary('!=', 3)],
  ...(['<', '<=', '>', '>=', '=~', '!~', '=^', '!^', '=$', '!$'] as const).map((sign) => [sign, binary(sign, 4)] as const),
  ['lt', binary('<', 4)],
  ['le', binary('<=', 4)],
  ['gt', binary('>', 4)],
  ['ge', binary('>=', 4)],
  ['+', binary('+', 5)],
  ['-', binary('-', 5)],
  ...(['*', '/', '%'] as const).map((sign) => [sign, binary(sign, 6)] as const),
  ['div', binary('/', 6)],
  ['mod', binary('%', 6)],
])

export function parseExpression(p: ParserState): Expr {
  const test = parseInfix(p, 1)
  if (takeSign(p, '?:'))
    return choice(
      '?:',
      test,
      deeper(p, () => parseExpression(p)),
    )
  if (takeSign(p, '??'))
    return choice(
      '??',
      test,
      deeper(p, () => parseExpression(p)),
    )
  if (takeSign(p, '?')) {
    const yes = deeper(p, () => parseExpression(p))
    const no = takeSign(p, ':') ? deeper(p, () => parseExpression(p)) : undefined
    return { kind: 'ternary', test, yes, no, start: test.start, end: (no ?? yes).end }
  }
  refuseStatement(p)
  return test
}

function choice(operator: '?:' | '??', left: Expr, right: Expr): Expr {
  return { kind: 'choice', operator, left, right, start: left.start, end: right.end }
}

function parseInfix(p: ParserState, weakest: number): Expr {
  let left = parseUnary(p)
  for (let count = 0; ; count++) {
    const found = infixAt(p)
    if (found === undefined || found.infix.level < weakest) return left
    if (count >= exprLimits.chain) stop('EXPR_TOO_DEEP', { limit: exprLimits.chain }, found)
    const tight = found.start === left.end && !/\s/.test(p.text.charAt(found.end))
    p.at = found.end
    const right = parseInfix(p, found.infix.level + 1)
    const place = { start: left.start, end: right.end }
    left =
      found.infix.kind === 'choice'
        ? { ...found.infix, left, right, ...place }
        : { kind: 'binary', operator: found.infix.operator, left, right, tight, ...place }
  }
}

function infixAt(p: ParserState): { infix: Infix; start: number; end: number } | undefined {
  const token = peek(p)
  if (token.kind === 'word') return lookUp(token.word, token.start, token.end)
  if (token.kind !== 'sign') return undefined
  if (token.sign !== '>') return lookUp(token.sign, token.start, token.end)
  if (!isGreaterThan(p, token.start)) return undefined
  return p.text.charAt(token.end) === '=' ? lookUp('>=', token.start, token.end + 1) : lookUp('>', token.start, token.end)
}

function lookUp(key: string, start: number, end: number): { infix: Infix; start: number; end: number } | undefined {
  const infix = infixes.get(key)
  return infix && { infix, start, end }
}

const unaries: ReadonlyMap<string, UnaryOperator> = new Map<string, UnaryOperator>([
  ['!', '!'],
  ['not', '!'],
  ['-', '-'],
  ['+', '+'],
  ['empty', 'empty'],
  ['size', 'size'],
])

function parseUnary(p: ParserState): Expr {
  const token = peek(p)
  const operator = unaryOf(p, token)
  if (operator === undefined) return parsePostfix(p)
  p.at = token.end
  const operand = deeper(p, () => parseUnary(p))
  return { kind: 'unary', operator, operand, start: token.start, end: operand.end }
}

/** `empty` and `size` are also ordinary names; they are operators only before an operand. */
function unaryOf(p: ParserState, token: Token): UnaryOperator | undefined {
  const key = token.kind === 'word' ? token.word : token.kind === 'sign' ? token.sign : ''
  const operator = unaries.get(key)
  if (operator !== 'empty' && operator !== 'size') return operator
  return startsOperand(p, token.end) ? operator : undefined
}

const statements: ReadonlyMap<string, string> = new Map([
  ...['=', '+=', '-=', '*=', '/=', '%='].map((sign) => [sign, 'An assignment'] as const),
  ['->', 'A function'],
  ['=>', 'A function'],
  [';', 'A second statement'],
])

function refuseStatement(p: ParserState): void {
  const token = peek(p)
  const what = token.kind === 'sign' ? statements.get(token.sign) : undefined
  if (what === undefined) return
  stop('EXPR_STATEMENT', { what }, token, isSign(token, '=') ? { hint: 'to compare write ==' } : {})
}
