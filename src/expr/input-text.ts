/** The text after `<+input>`: modifiers with their brackets, values with their commas and quotes. */
import type { Range } from './expr-problem.ts'

export type Modifier = Range & ({ readonly name: string; readonly args: string } | { readonly name: string; readonly wrong: string })

const head = /\s*\.\s*([A-Za-z]+)\s*\(/y

export function readModifiers(text: string, from: number): readonly Modifier[] {
  const found: Modifier[] = []
  let at = from
  for (;;) {
    while (/\s/.test(text.charAt(at))) at++
    if (at >= text.length) return found
    head.lastIndex = at
    const match = head.exec(text)
    if (match?.[1] === undefined)
      return [...found, { name: '', wrong: `"${text.slice(at, at + 20).trim()}" does not belong to it`, start: at, end: text.length }]
    const open = at + match[0].length
    const close = match[1] === 'regex' ? closePattern(text, open) : closeValues(text, open)
    if (close === undefined) return [...found, { name: match[1], wrong: `".${match[1]}(" has no closing ")"`, start: at, end: text.length }]
    found.push({ name: match[1], args: text.slice(open, close), start: at, end: close + 1 })
    at = close + 1
  }
}

/** Brackets in quotes do not count. */
function closeValues(text: string, from: number): number | undefined {
  let depth = 0
  for (let at = from; at < text.length; at++) {
    const c = text.charAt(at)
    if (isQuoteAt(text, at, from)) at = skipQuoted(text, at)
    else if (c === '(') depth++
    else if (c === ')' && depth-- === 0) return at
  }
  return undefined
}

/** In a pattern quotes mean nothing, but escapes and classes hide brackets. */
function closePattern(text: string, from: number): number | undefined {
  let depth = 0
  let inClass = false
  for (let at = from; at < text.length; at++) {
    const c = text.charAt(at)
    if (c === '\\') at++
    else if (c === '[') inClass = true
    else if (c === ']') inClass = false
    else if (!inClass && c === '(') depth++
    else if (!inClass && c === ')' && depth-- === 0) return at
  }
  return undefined
}

/** A quote opens a value only at its beginning; inside, as in it's, it is a character. */
function isQuoteAt(text: string, at: number, from: number): boolean {
  const c = text.charAt(at) === '\\' ? text.charAt(at + 1) : text.charAt(at)
  if (c !== '"' && c !== "'") return false
  let before = at - 1
  while (before >= from && /\s/.test(text.charAt(before))) before--
  return before < from || /[,({[:]/.test(text.charAt(before))
}

/** The last character of the quoted part, or the opening one when it is never closed. */
function skipQuoted(text: string, at: number): number {
  const quote = text.charAt(at) === '\\' ? text.slice(at, at + 2) : text.charAt(at)
  const close = text.indexOf(quote, at + quote.length)
  return close < 0 ? at : close + quote.length - 1
}

/** Splits at commas that are outside of quotes, brackets and nested expressions. */
export function splitValues(text: string): readonly string[] {
  const values: string[] = []
  let depth = 0
  let done = 0
  for (let at = 0; at < text.length; at++) {
    const c = text.charAt(at)
    if (isQuoteAt(text, at, done)) at = skipQuoted(text, at)
    else if (text.startsWith('<+', at) || c === '(' || c === '{' || c === '[') depth++
    else if (depth > 0 && (c === '>' || c === ')' || c === '}' || c === ']')) depth--
    else if (c === ',' && depth === 0) {
      values.push(unquote(text.slice(done, at).trim()))
      done = at + 1
    }
  }
  const last = text.slice(done).trim()
  return last === '' && values.length === 0 ? [] : [...values, unquote(last)]
}

export function unquote(text: string): string {
  const found = /^(\\?["'])([\s\S]*)\1$/.exec(text)
  return found?.[2] ?? text
}
