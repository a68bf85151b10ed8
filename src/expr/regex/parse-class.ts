/** Classes in brackets: ranges, negation, escapes, unions, and `&&` intersection. */
import { badPattern, type Test } from './pattern.ts'
import { escapeAt, not } from './units.ts'

export interface ClassRead {
  readonly test: Test
  readonly end: number
}

/** The class whose `[` is at `start`. */
export function readClass(pattern: string, start: number, depth = 0): ClassRead {
  if (depth > 20) return badPattern('classes are nested too deeply')
  let at = start + 1
  const negated = pattern.charAt(at) === '^'
  if (negated) at++
  const tests: Test[] = []
  let required: Test | undefined
  for (let first = true; ; first = false) {
    const c = pattern.charAt(at)
    if (c === '') return badPattern('a "[" is not closed')
    if (c === ']' && !first) break
    if (pattern.startsWith('&&', at)) {
      const right = readRest(pattern, at + 2, depth)
      required = right.test
      at = right.end
      break
    }
    const item = c === '[' ? readInner(pattern, at, depth) : readRange(pattern, at)
    tests.push(item.test)
    at = item.end
  }
  const inside: Test = (code) => tests.some((test) => test(code)) && (required?.(code) ?? true)
  return { test: negated ? not(inside) : inside, end: at + 1 }
}

function readInner(pattern: string, at: number, depth: number): ClassRead {
  return readClass(pattern, at, depth + 1)
}

/** What stands between `&&` and the closing bracket; `end` is at that bracket. */
function readRest(pattern: string, at: number, depth: number): ClassRead {
  if (pattern.charAt(at) === '[') {
    const inner = readClass(pattern, at, depth + 1)
    if (pattern.charAt(inner.end) !== ']') return badPattern('after && one class is expected')
    return inner
  }
  const inner = readClass(`${pattern.slice(0, at)}[${pattern.slice(at)}`, at, depth + 1)
  return { test: inner.test, end: inner.end - 2 }
}

function readRange(pattern: string, at: number): ClassRead {
  const low = readUnit(pattern, at)
  const after = pattern.charAt(low.end + 1)
  if (typeof low.unit === 'function') return { test: low.unit, end: low.end }
  const from = low.unit
  if (pattern.charAt(low.end) !== '-' || after === ']' || after === '' || after === '[') return { test: (c) => c === from, end: low.end }
  const high = readUnit(pattern, low.end + 1)
  const to = high.unit
  if (typeof to === 'function' || to < from) return badPattern('a range in a class is the wrong way round')
  return { test: (c) => c >= from && c <= to, end: high.end }
}

function readUnit(pattern: string, at: number): { unit: number | Test; end: number } {
  if (pattern.charAt(at) !== '\\') return { unit: pattern.charCodeAt(at), end: at + 1 }
  const found = escapeAt(pattern, at)
  return { unit: found.unit, end: at + found.length }
}
