/** Sets of characters: escapes such as \d, classes in brackets, POSIX and Unicode names. */
import { badPattern, isWordUnit, type Test } from './pattern.ts'

const digit: Test = (c) => c >= 48 && c <= 57
const space: Test = (c) => c === 32 || (c >= 9 && c <= 13)
const horizontal: Test = (c) => c === 9 || c === 32 || c === 0xa0
const lineBreak: Test = (c) => c >= 10 && c <= 13
const lower: Test = (c) => c >= 97 && c <= 122
const upper: Test = (c) => c >= 65 && c <= 90
const alpha: Test = (c) => lower(c) || upper(c)
const graphic: Test = (c) => c > 32 && c < 127

export function not(test: Test): Test {
  return (c) => !test(c)
}

const letters: Readonly<Record<string, Test>> = {
  d: digit,
  D: not(digit),
  w: isWordUnit,
  W: not(isWordUnit),
  s: space,
  S: not(space),
  h: horizontal,
  H: not(horizontal),
  v: lineBreak,
  V: not(lineBreak),
}

const controls: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, f: 12, a: 7, e: 27, 0: 0 }

const named: Readonly<Record<string, Test>> = {
  Alpha: alpha,
  Digit: digit,
  Alnum: (c) => alpha(c) || digit(c),
  Upper: upper,
  Lower: lower,
  Punct: (c) => graphic(c) && !alpha(c) && !digit(c),
  Space: space,
  Blank: horizontal,
  XDigit: (c) => digit(c) || (c >= 65 && c <= 70) || (c >= 97 && c <= 102),
  ASCII: (c) => c < 128,
  Graph: graphic,
  Print: (c) => graphic(c) || c === 32,
  Cntrl: (c) => c < 32 || c === 127,
  L: (c) => /\p{L}/u.test(String.fromCharCode(c)),
  Lu: (c) => /\p{Lu}/u.test(String.fromCharCode(c)),
  Ll: (c) => /\p{Ll}/u.test(String.fromCharCode(c)),
  N: (c) => /\p{N}/u.test(String.fromCharCode(c)),
  P: (c) => /\p{P}/u.test(String.fromCharCode(c)),
}

export interface Escape {
  /** One character, or a set of them. */
  readonly unit: number | Test
  readonly length: number
}

/** The escape whose backslash is at `at`. Sets and single characters only; assertions are the parser's. */
export function escapeAt(pattern: string, at: number): Escape {
  const c = pattern.charAt(at + 1)
  if (c === '') return badPattern('it ends with a backslash')
  if (Object.hasOwn(letters, c)) return { unit: letters[c] ?? digit, length: 2 }
  if (Object.hasOwn(controls, c)) return { unit: controls[c] ?? 0, length: 2 }
  const hex = /^(?:x([\da-fA-F]{2})|u([\da-fA-F]{4}))/.exec(pattern.slice(at + 1, at + 6))
  if (hex !== null) return { unit: Number.parseInt(hex[1] ?? hex[2] ?? '0', 16), length: hex[0].length + 1 }
  const property = /^[pP](?:\{(?:Is)?(\w{1,12})\}|([A-Z]))/.exec(pattern.slice(at + 1, at + 20))
  if (property !== null) {
    const name = property[1] ?? property[2] ?? ''
    const test = Object.hasOwn(named, name) ? named[name] : undefined
    if (test === undefined) return badPattern(`\\${c}{${name}} is not known`)
    return { unit: c === 'P' ? not(test) : test, length: property[0].length + 1 }
  }
  if (/[1-9k]/.test(c)) return badPattern('back references are not supported')
  if (/[A-Za-z]/.test(c)) return badPattern(`the escape \\${c} is not known`)
  return { unit: c.charCodeAt(0), length: 2 }
}

/** Either case of ASCII letters, as Java's (?i). */
export function anyCase(test: Test): Test {
  return (c) => test(c) || (lower(c) && test(c - 32)) || (upper(c) && test(c + 32))
}
