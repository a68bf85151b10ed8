/** Methods of texts, as java.lang.String has them. */

import { isSecretText, joinText } from '../../base/secret-text.ts'
import { checkLength, spend } from '../evaluation.ts'
import { matchesWhole, replaceMatches, splitText } from '../regex/use.ts'
import { inRange, intArg, joinableArg, type MethodCall, methods, row, textArg } from './method.ts'

const none = [0, 0] as const
const one = [1, 1] as const
const oneOrTwo = [1, 2] as const
const two = [2, 2] as const

/** A character may be given as text or by its number, as in Java. */
function needle(c: MethodCall): string {
  const arg = c.args[0]
  return typeof arg === 'number' ? String.fromCharCode(arg) : textArg(c, 0)
}

function replaceLiteral(self: string, c: MethodCall): string {
  const [from, to] = [textArg(c, 0), textArg(c, 1)]
  const pieces = self.split(from)
  checkLength(self.length + (pieces.length - 1) * (to.length - from.length), c.at)
  return from === '' ? to + [...pieces, ''].join(to).slice(0, self === '' ? 0 : undefined) : pieces.join(to)
}

function repeat(self: string, c: MethodCall): string {
  const times = inRange(c, intArg(c, 0), Number.MAX_SAFE_INTEGER)
  checkLength(self.length * times, c.at)
  return self.repeat(times)
}

export const textMethods = methods<string>({
  contains: row(one, (s, c) => s.includes(textArg(c, 0))),
  startsWith: row(oneOrTwo, (s, c) => s.startsWith(textArg(c, 0), intArg(c, 1, 0))),
  endsWith: row(one, (s, c) => s.endsWith(textArg(c, 0))),
  indexOf: row(oneOrTwo, (s, c) => s.indexOf(needle(c), intArg(c, 1, 0))),
  lastIndexOf: row(oneOrTwo, (s, c) => s.lastIndexOf(needle(c), intArg(c, 1, s.length))),
  substring: row(oneOrTwo, (s, c) => {
    const end = inRange(c, intArg(c, 1, s.length), s.length)
    return s.slice(inRange(c, intArg(c, 0), end), end)
  }),
  charAt: row(one, (s, c) => s.charAt(inRange(c, intArg(c, 0), s.length - 1))),
  split: row(oneOrTwo, (s, c) => {
    spend(c.budget, s.length, c.at)
    return splitText(textArg(c, 0), s, intArg(c, 1, 0), c)
  }),
  replace: row(two, replaceLiteral),
  replaceAll: row(two, (s, c) => replaceMatches(textArg(c, 0), textArg(c, 1), s, 'all', c)),
  replaceFirst: row(two, (s, c) => replaceMatches(textArg(c, 0), textArg(c, 1), s, 'first', c)),
  matches: row(one, (s, c) => matchesWhole(textArg(c, 0), s, c)),
  concat: row(one, (s, c) => joinText(s, joinableArg(c, 0))),
  toLowerCase: row(none, (s) => s.toLowerCase()),
  toUpperCase: row(none, (s) => s.toUpperCase()),
  trim: row(none, trimControls),
  strip: row(none, (s) => s.trim()),
  stripLeading: row(none, (s) => s.trimStart()),
  stripTrailing: row(none, (s) => s.trimEnd()),
  isEmpty: row(none, (s) => s === ''),
  isBlank: row(none, (s) => s.trim() === ''),
  length: row(none, (s) => s.length),
  equals: row(one, (s, c) => s === (isSecretText(c.args[0]) ? textArg(c, 0) : c.args[0])),
  equalsIgnoreCase: row(one, (s, c) => c.args[0] !== null && s.toLowerCase() === textArg(c, 0).toLowerCase()),
  compareTo: row(one, (s, c) => compareTexts(s, textArg(c, 0))),
  compareToIgnoreCase: row(one, (s, c) => compareTexts(s.toLowerCase(), textArg(c, 0).toLowerCase())),
  repeat: row(one, repeat),
  toString: row<string>(none, (s) => s),
  intValue: row(none, (s, c) => intArg({ ...c, args: [s] }, 0)),
})

/** The distance of the first differing characters, or of the lengths. */
function compareTexts(a: string, b: string): number {
  const shared = Math.min(a.length, b.length)
  for (let i = 0; i < shared; i++) if (a[i] !== b[i]) return a.charCodeAt(i) - b.charCodeAt(i)
  return a.length - b.length
}

/** Java's trim takes everything up to the space character, unlike strip. */
function trimControls(s: string): string {
  let start = 0
  let end = s.length
  while (start < end && s.charCodeAt(start) <= 32) start++
  while (end > start && s.charCodeAt(end - 1) <= 32) end--
  return s.slice(start, end)
}
