/** Patterns put to use as Java's String does: matches, find, replace, split. */
import { type Budget, checkLength, fail, spend } from '../evaluation.ts'
import type { Range } from '../expr-problem.ts'
import { compilePattern } from './compile.ts'
import { isBadPattern, type Program } from './pattern.ts'
import { type Match, search } from './run.ts'

export interface RegexUse {
  readonly budget: Budget
  readonly at: Range
}

function compiled(pattern: string, whole: boolean, u: RegexUse): Program {
  spend(u.budget, pattern.length * 4, u.at)
  try {
    return compilePattern(pattern, whole)
  } catch (error) {
    if (!isBadPattern(error)) throw error
    return fail('EXPR_REGEX', { pattern: pattern.length > 60 ? `${pattern.slice(0, 60)}…` : pattern, what: error.badPattern }, u.at)
  }
}

function find(program: Program, text: string, from: number, anchored: boolean, u: RegexUse): Match | undefined {
  // Entering a thread costs more than the test of one character.
  return search({ program, text, from, anchored, spend: (steps) => spend(u.budget, steps, u.at) })
}

export function matchesWhole(pattern: string, text: string, u: RegexUse): boolean {
  return find(compiled(pattern, true, u), text, 0, true, u) !== undefined
}

export function findsAnywhere(pattern: string, text: string, u: RegexUse): boolean {
  return find(compiled(pattern, false, u), text, 0, false, u) !== undefined
}

/** The first match that is not empty. */
export function firstMatch(pattern: string, text: string, u: RegexUse): string | undefined {
  for (const match of matches(compiled(pattern, false, u), text, u)) if (match[1] !== match[0]) return text.slice(match[0], match[1])
  return undefined
}

function* matches(program: Program, text: string, u: RegexUse): Generator<Match> {
  for (let from = 0; from <= text.length; ) {
    const match = find(program, text, from, false, u)
    if (match === undefined) return
    yield match
    const end = match[1] ?? from
    from = end === match[0] ? end + 1 : end
  }
}

export function replaceMatches(pattern: string, replacement: string, text: string, times: 'first' | 'all', u: RegexUse): string {
  const program = compiled(pattern, false, u)
  let result = ''
  let done = 0
  for (const match of matches(program, text, u)) {
    result += text.slice(done, match[0]) + expand(replacement, match, text, program, u)
    done = match[1] ?? done
    checkLength(result.length, u.at)
    if (times === 'first') break
  }
  return result + text.slice(done)
}

/** `$1`, `${name}` and `\$`, as Matcher.replaceAll reads them. */
function expand(replacement: string, match: Match, text: string, program: Program, u: RegexUse): string {
  spend(u.budget, replacement.length, u.at)
  return replacement.replace(/\\(.)|\$(?:(\d)|\{(\w+)\})|\$/gs, (_whole, escaped?: string, digit?: string, name?: string) => {
    if (escaped !== undefined) return escaped
    const index = digit !== undefined ? Number(digit) : name !== undefined ? program.names.get(name) : undefined
    if (index === undefined || index >= program.groups)
      return fail('EXPR_REGEX', { pattern: replacement, what: 'the replacement names a group that does not exist; write \\$ for a dollar sign' }, u.at)
    const start = match[index * 2] ?? -1
    return start < 0 ? '' : text.slice(start, match[index * 2 + 1])
  })
}

/** Java's split: empty texts at the end are dropped unless `limit` is negative; a positive `limit` is the most pieces. */
export function splitText(pattern: string, text: string, limit: number, u: RegexUse): readonly string[] {
  const pieces: string[] = []
  let done = 0
  for (const match of matches(compiled(pattern, false, u), text, u)) {
    const [start = 0, end = 0] = match
    if (end === 0 || (start === end && start >= text.length)) continue
    if (limit > 0 && pieces.length === limit - 1) break
    pieces.push(text.slice(done, start))
    done = end
  }
  pieces.push(text.slice(done))
  if (limit === 0) while (pieces.length > 1 && pieces.at(-1) === '') pieces.pop()
  return pieces
}
