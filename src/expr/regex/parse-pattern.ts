/** Reads a Java-style pattern into a tree. What would need backtracking is refused by name. */
import { readClass } from './parse-class.ts'
import { type Assertion, badPattern, type Pattern, type Test } from './pattern.ts'
import { anyCase, escapeAt } from './units.ts'

export interface ParsedPattern {
  readonly pattern: Pattern
  readonly groups: number
  readonly names: ReadonlyMap<string, number>
}

interface Reading {
  readonly text: string
  at: number
  depth: number
  groups: number
  readonly names: Map<string, number>
  ignoreCase: boolean
  dotAll: boolean
  multiline: boolean
}

export function parsePattern(text: string): ParsedPattern {
  const r: Reading = { text, at: 0, depth: 0, groups: 1, names: new Map(), ignoreCase: false, dotAll: false, multiline: false }
  const pattern = readEither(r)
  if (r.at < text.length) badPattern('a ")" has no "("')
  return { pattern, groups: r.groups, names: r.names }
}

function readEither(r: Reading): Pattern {
  if (r.depth > 100) badPattern('groups are nested too deeply')
  const options = [readSequence(r)]
  while (r.text.charAt(r.at) === '|') {
    r.at++
    options.push(readSequence(r))
  }
  return options.length === 1 && options[0] !== undefined ? options[0] : { kind: 'either', options }
}

function readSequence(r: Reading): Pattern {
  const items: Pattern[] = []
  while (r.at < r.text.length && r.text.charAt(r.at) !== '|' && r.text.charAt(r.at) !== ')') {
    const item = readItem(r)
    items.push(item === undefined ? { kind: 'sequence', items: [] } : readRepeat(r, item))
  }
  return { kind: 'sequence', items }
}

const quantifier = /^(?:([*+?])|\{(\d{1,4})(,(\d{1,4})?)?\})/
const simple: Readonly<Record<string, readonly [number, number]>> = { '*': [0, Infinity], '+': [1, Infinity], '?': [0, 1] }

function readRepeat(r: Reading, item: Pattern): Pattern {
  const found = quantifier.exec(r.text.slice(r.at, r.at + 16))
  if (found === null) return item
  r.at += found[0].length
  const low = Number(found[2])
  const [min, max] =
    found[1] !== undefined ? (simple[found[1]] ?? [0, 1]) : [low, found[3] === undefined ? low : found[4] === undefined ? Infinity : Number(found[4])]
  if (max < min) badPattern('a repetition is the wrong way round')
  const next = r.text.charAt(r.at)
  if (next === '+') badPattern('possessive quantifiers are not supported')
  if (next === '?') r.at++
  if (/[*+]/.test(r.text.charAt(r.at))) badPattern('a quantifier follows a quantifier')
  return { kind: 'repeat', item, min, max, lazy: next === '?' }
}

/** Nothing for a flag such as (?i), which only changes what follows. */
function readItem(r: Reading): Pattern | undefined {
  const c = r.text.charAt(r.at)
  if (c === '(') return readGroup(r)
  if (c === '[') {
    const read = readClass(r.text, r.at)
    r.at = read.end
    return unit(r, read.test)
  }
  if (c === '\\') return readEscape(r)
  if (/[*+?]/.test(c)) badPattern(`"${c}" has nothing before it to repeat`)
  r.at++
  if (c === '.') return { kind: 'unit', test: r.dotAll ? () => true : (code) => code !== 10 && code !== 13 }
  if (c === '^') return { kind: 'assert', assertion: r.multiline ? 'lineStart' : 'start' }
  if (c === '$') return { kind: 'assert', assertion: r.multiline ? 'lineEnd' : 'end' }
  const code = c.charCodeAt(0)
  return unit(r, (u) => u === code)
}

const assertions: Readonly<Record<string, Assertion>> = { b: 'word', B: 'notWord', A: 'start', z: 'finish', Z: 'end' }

function readEscape(r: Reading): Pattern {
  const c = r.text.charAt(r.at + 1)
  if (c === 'Q') return readQuoted(r)
  if (Object.hasOwn(assertions, c)) {
    r.at += 2
    return { kind: 'assert', assertion: assertions[c] ?? 'word' }
  }
  const found = escapeAt(r.text, r.at)
  r.at += found.length
  const { unit: meant } = found
  return unit(r, typeof meant === 'number' ? (u) => u === meant : meant)
}

/** \Q…\E: every character is itself. */
function readQuoted(r: Reading): Pattern {
  const end = r.text.indexOf('\\E', r.at)
  const literal = r.text.slice(r.at + 2, end < 0 ? undefined : end)
  r.at = end < 0 ? r.text.length : end + 2
  return { kind: 'sequence', items: literal.split('').map((c) => unit(r, (u) => u === c.charCodeAt(0))) }
}

function unit(r: Reading, test: Test): Pattern {
  return { kind: 'unit', test: r.ignoreCase ? anyCase(test) : test }
}

const opening = /^\((?:\?(?:([a-z]*)(?:-[a-z]+)?([:)])|<([A-Za-z][A-Za-z0-9]*)>|([=!>]|<[=!])))?/

function readGroup(r: Reading): Pattern | undefined {
  const [whole = '(', flags, closing, name, refused] = opening.exec(r.text.slice(r.at, r.at + 60)) ?? []
  if (refused !== undefined) badPattern(refused === '>' ? 'atomic groups are not supported' : 'look-ahead and look-behind are not supported')
  if (whole === '(' && r.text.charAt(r.at + 1) === '?') badPattern('a group starts with an unknown "(?"')
  r.at += whole.length
  const before = { ignoreCase: r.ignoreCase, dotAll: r.dotAll, multiline: r.multiline }
  if (flags !== undefined) setFlags(r, flags)
  if (closing === ')') return undefined
  const index = closing === ':' ? undefined : r.groups++
  if (r.groups > 100) badPattern('it has more than 100 groups')
  if (name !== undefined && index !== undefined) r.names.set(name, index)
  r.depth++
  const item = readEither(r)
  r.depth--
  if (r.text.charAt(r.at) !== ')') badPattern('a "(" is not closed')
  r.at++
  Object.assign(r, before)
  return index === undefined ? item : { kind: 'group', item, index }
}

function setFlags(r: Reading, flags: string): void {
  for (const flag of flags) {
    if (flag === 'i') r.ignoreCase = true
    else if (flag === 's') r.dotAll = true
    else if (flag === 'm') r.multiline = true
    else badPattern(`the flag (?${flag}) is not supported`)
  }
}
