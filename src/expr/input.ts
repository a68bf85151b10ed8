/** `<+input>` and its modifiers: what is asked for when a run starts, what may be answered, and what holds without an answer. */
import { didYouMean } from '../text/suggest.ts'
import { newBudget } from './evaluation.ts'
import { type ExprProblem, exprProblem, type Range } from './expr-problem.ts'
import { readModifiers, splitValues, unquote } from './input-text.ts'
import { isStop } from './parser-state.ts'
import { matchesWhole } from './regex/use.ts'

export interface InputSpec {
  readonly default?: string
  readonly allowed?: readonly string[]
  readonly selectOne?: readonly string[]
  readonly selectMany?: readonly string[]
  readonly regex?: string
  /** Asked for when the step starts instead of when the run starts. */
  readonly executionInput: boolean
}

export interface ParsedInput {
  readonly input: InputSpec
  readonly problems: readonly ExprProblem[]
}

const modifiers: ReadonlyMap<string, (args: string) => Partial<InputSpec>> = new Map([
  ['default', (args: string): Partial<InputSpec> => ({ default: unquote(args.trim()) })],
  ['allowedValues', (args: string) => ({ allowed: splitValues(args) })],
  ['selectOneFrom', (args: string) => ({ selectOne: splitValues(args) })],
  ['selectManyFrom', (args: string) => ({ selectMany: splitValues(args) })],
  ['regex', (args: string) => ({ regex: unquote(args.trim()) })],
  ['executionInput', () => ({ executionInput: true })],
])

const start = /^\s*<\+input>/

export function isInput(text: string): boolean {
  return start.test(text)
}

/** Undefined when the text is not a run-time input. */
export function parseInput(text: string): ParsedInput | undefined {
  const head = start.exec(text)?.[0]
  if (head === undefined) return undefined
  let input: InputSpec = { executionInput: false }
  const problems: ExprProblem[] = []
  for (const modifier of readModifiers(text, head.length)) {
    const read = modifiers.get(modifier.name)
    if ('wrong' in modifier) problems.push(exprProblem('EXPR_INPUT', { what: modifier.wrong }, modifier))
    else if (read === undefined) problems.push(unknownModifier(modifier.name, modifier))
    else {
      input = { ...input, ...read(modifier.args) }
      if (modifier.name === 'default' && modifier.args.trim().startsWith('*')) problems.push(exprProblem('EXPR_INPUT_STAR', {}, modifier))
    }
  }
  return { input, problems: [...problems, ...checkSpec(input, { start: 0, end: text.length })] }
}

function unknownModifier(name: string, at: Range): ExprProblem {
  return exprProblem('EXPR_INPUT', { what: `".${name}()" is not known` }, at, { hint: didYouMean(name, modifiers.keys()) })
}

function checkSpec(input: InputSpec, at: Range): readonly ExprProblem[] {
  if (input.regex !== undefined) {
    const bad = tryPattern(input.regex, '', at)
    if (typeof bad !== 'boolean') return [bad]
  }
  const list = input.allowed ?? input.selectOne ?? input.selectMany
  if (input.default === undefined || list === undefined) return []
  const missing = answersOf(input, input.default).find((answer) => !isAmong(answer, list))
  return missing === undefined ? [] : [exprProblem('EXPR_INPUT_DEFAULT', { value: missing, allowed: list.join(', ') }, at)]
}

/** Whether `answer` may be given for the input. Expressions are let through: their value is checked when it is known. */
export function checkAnswer(input: InputSpec, answer: string): ExprProblem | undefined {
  const at = { start: 0, end: answer.length }
  const list = input.allowed ?? input.selectOne ?? input.selectMany
  const wrong = list === undefined ? undefined : answersOf(input, answer).find((each) => !isAmong(each, list))
  if (wrong !== undefined && list !== undefined) return exprProblem('EXPR_INPUT_VALUE', { value: wrong, wanted: `one of: ${list.join(', ')}` }, at)
  if (input.regex === undefined || answer.includes('<+')) return undefined
  const matches = tryPattern(input.regex, answer, at)
  if (typeof matches !== 'boolean') return matches
  return matches ? undefined : exprProblem('EXPR_INPUT_VALUE', { value: answer, wanted: `text that matches ${input.regex}` }, at)
}

function answersOf(input: InputSpec, answer: string): readonly string[] {
  return input.selectMany === undefined ? [answer] : splitValues(answer)
}

function isAmong(answer: string, list: readonly string[]): boolean {
  return answer.includes('<+') || list.some((each) => each === answer || each.includes('<+'))
}

function tryPattern(pattern: string, text: string, at: Range): boolean | ExprProblem {
  try {
    return matchesWhole(pattern, text, { budget: newBudget(), at })
  } catch (error) {
    if (isStop(error)) return error.stop
    throw error
  }
}
