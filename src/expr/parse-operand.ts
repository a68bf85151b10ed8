/** Operands: literals, names, nested expressions, lists, and what may follow them: members, indexes, calls. */
import type { Expr } from './ast.ts'
import { exprLimits } from './limits.ts'
import { parseExpression } from './parse-expression.ts'
import { parseNested } from './parse-nested.ts'
import { parseGluedName, parseQuoted } from './parse-text.ts'
import { deeper, expectSign, inBrackets, isSign, type ParserState, peek, stop, takeSign, unexpected } from './parser-state.ts'
import { isWordPart, skipBlanks, tokenAt } from './token.ts'

const constants: ReadonlyMap<string, null | boolean> = new Map<string, null | boolean>([
  ['null', null],
  ['true', true],
  ['false', false],
])

const statementWords: ReadonlyMap<string, string> = new Map([
  ...['var', 'let', 'const'].map((word) => [word, 'Declaring a variable'] as const),
  ...['for', 'while', 'do', 'break', 'continue', 'if', 'else', 'return', 'try', 'throw'].map((word) => [word, `The statement "${word}"`] as const),
  ['function', 'A function'],
  ['new', 'Creating an object with "new"'],
])

export function startsOperand(p: ParserState, at: number): boolean {
  const token = tokenAt(p.text, at)
  if (token.kind === 'word') return !/^(?:and|or|eq|ne|lt|le|gt|ge|div|mod)$/.test(token.word)
  return token.kind === 'number' || token.kind === 'quote' || (token.kind === 'sign' && ['(', '[', '<+', '{', '-', '!'].includes(token.sign))
}

export function parsePostfix(p: ParserState): Expr {
  let left = parseOperand(p)
  for (let count = 0; ; count++) {
    if (count >= exprLimits.chain) stop('EXPR_TOO_DEEP', { limit: exprLimits.chain }, { start: p.at, end: p.at + 1 })
    const token = peek(p)
    const next = token.kind === 'number' ? parseDotNumber(p, left) : token.kind === 'sign' ? parseAccess(p, left, token.sign) : undefined
    if (next === undefined) return left
    left = next
  }
}

/** `list.0`, which reads as the number .0 */
function parseDotNumber(p: ParserState, object: Expr): Expr | undefined {
  const written = /^\.(\d+)/.exec(p.text.slice(object.end, object.end + 12))
  if (written?.[1] === undefined) return undefined
  p.at = object.end + written[0].length
  return { kind: 'member', object, name: [written[1]], safe: false, start: object.start, end: p.at }
}

function parseAccess(p: ParserState, object: Expr, sign: string): Expr | undefined {
  if (sign === '.' || sign === '?.') return parseMember(p, object, sign === '?.')
  if (sign === '[') {
    p.at = peek(p).end
    const index = inBrackets(p, () => deeper(p, () => parseExpression(p)))
    expectSign(p, ']', 'the index')
    return { kind: 'index', object, index, start: object.start, end: p.at }
  }
  if (sign === '(' && object.kind === 'name' && typeof object.name[0] === 'string' && object.name.length === 1) {
    const args = parseArguments(p)
    return { kind: 'call', object: undefined, name: object.name[0], args, safe: false, start: object.start, end: p.at }
  }
  return undefined
}

function parseMember(p: ParserState, object: Expr, safe: boolean): Expr {
  p.at = skipBlanks(p.text, peek(p).end)
  const token = peek(p)
  const name = token.kind === 'quote' ? parseQuoted(p, token) : parseGluedName(p)
  if (name.length === 0) unexpected(p, token.kind === 'end' || isSign(token, '>') ? 'a name is missing after "."' : undefined)
  const only = name.length === 1 ? name[0] : undefined
  if (token.kind !== 'quote' && typeof only === 'string' && isSign(peek(p), '(')) {
    const args = parseArguments(p)
    return { kind: 'call', object, name: only, args, safe, start: object.start, end: p.at }
  }
  return { kind: 'member', object, name, safe, start: object.start, end: p.at }
}

function parseArguments(p: ParserState): readonly Expr[] {
  takeSign(p, '(')
  return parseItems(p, ')', 'the list of arguments')
}

function parseItems(p: ParserState, close: string, what: string): readonly Expr[] {
  const items: Expr[] = []
  if (takeSign(p, close)) return items
  do {
    if (isSign(peek(p), '...')) break
    items.push(inBrackets(p, () => deeper(p, () => parseExpression(p))))
  } while (takeSign(p, ','))
  takeSign(p, '...') // `[1, 2, ...]` is a list literal as well
  expectSign(p, close, what)
  return items
}

function parseOperand(p: ParserState): Expr {
  const token = peek(p)
  const { start } = token
  if (token.kind === 'number') {
    p.at = token.end
    return { kind: 'literal', value: token.value, float: token.float, start, end: p.at }
  }
  if (token.kind === 'quote') {
    const pieces = parseQuoted(p, token)
    return { kind: 'text', pieces, start, end: p.at }
  }
  if (token.kind === 'word') return parseWord(p, token.word, start)
  if (isSign(token, '<+')) return parseNestedOperand(p, start)
  if (takeSign(p, '(')) {
    const inner = inBrackets(p, () => deeper(p, () => parseExpression(p)))
    expectSign(p, ')', 'the parenthesis')
    if (isSign(peek(p), '->') || isSign(peek(p), '=>')) stop('EXPR_STATEMENT', { what: 'A function' }, peek(p))
    return { ...inner, start, end: p.at }
  }
  if (takeSign(p, '[')) return { kind: 'list', items: parseItems(p, ']', 'the list'), start, end: p.at }
  if (takeSign(p, '{')) return parseMap(p, start)
  return unexpected(p)
}

function parseNestedOperand(p: ParserState, start: number): Expr {
  p.at = start
  const nested = parseNested(p)
  if (isWordPart(p.text, p.at)) unexpected(p, 'text follows directly on a nested expression; join them with +')
  return nested
}

function parseWord(p: ParserState, word: string, start: number): Expr {
  const constant = constants.get(word)
  p.at = start + word.length
  if (constant !== undefined) return { kind: 'literal', value: constant, float: false, start, end: p.at }
  const statement = statementWords.get(word)
  if (statement !== undefined && !isSign(peek(p), '.')) stop('EXPR_STATEMENT', { what: statement }, { start, end: p.at })
  p.at = start
  const name = parseGluedName(p)
  return { kind: 'name', name, start, end: p.at }
}

function parseMap(p: ParserState, start: number): Expr {
  const entries: { key: Expr; value: Expr }[] = []
  takeSign(p, ':') // `{:}` is the empty map
  if (takeSign(p, '}')) return { kind: 'map', entries, start, end: p.at }
  do {
    const key = inBrackets(p, () => deeper(p, () => parseExpression(p)))
    if (!takeSign(p, ':')) stop('EXPR_STATEMENT', { what: 'A block in braces' }, { start, end: start + 1 }, { hint: 'a map is written {"key": value}' })
    entries.push({ key, value: inBrackets(p, () => deeper(p, () => parseExpression(p))) })
  } while (takeSign(p, ','))
  expectSign(p, '}', 'the map')
  return { kind: 'map', entries, start, end: p.at }
}
