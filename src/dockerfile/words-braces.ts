/** `${name}` and its operators: defaults, alternatives, required values, trimmed ends and replacements. */
import { readUntil } from './words.ts'
import { replaceMatches, trimEnd, trimStart } from './words-pattern.ts'
import { readName, type Scan } from './words-scan.ts'

/** Nesting beyond this is an error: nobody writes it, and each level is a level of our own stack. */
const deepest = 100

export function expandBraces(scan: Scan): string | undefined {
  if (++scan.depth > deepest) return fail(scan, 'the substitution is nested too deep')
  scan.at++
  const first = scan.chars[scan.at]
  if (first === undefined) return fail(scan, '"}" is missing')
  if (first === '{' || first === '}' || first === ':') return fail(scan, 'this is no substitution')
  const name = readName(scan)
  const result = expandOperator(scan, name)
  scan.depth--
  return result
}

function expandOperator(scan: Scan, name: string): string | undefined {
  const operator = scan.chars[scan.at++]
  if (operator === undefined) return fail(scan, '"}" is missing')
  if (operator === '}') return scan.lookup(name) ?? (scan.o.keepUnset ? `\${${name}}` : '')
  if (operator === '/') return expandReplacement(scan, name)
  const colon = operator === ':'
  const kind = colon ? scan.chars[scan.at++] : operator
  const apply = operators[kind ?? '']
  if (apply === undefined) return fail(scan, `"${colon ? ':' : ''}${kind ?? ''}" is no operator of \${...}`)
  const word = readUntil(scan, '}', kind === '#' || kind === '%')?.text
  if (word === undefined) return undefined
  const value = scan.lookup(name)
  if (value === undefined && scan.o.keepUnset) return `\${${name}${colon ? ':' : ''}${kind}${word}}`
  return apply({ scan, name, value, word, missing: value === undefined || (colon && value === '') })
}

interface Operands {
  readonly scan: Scan
  readonly name: string
  readonly value: string | undefined
  readonly word: string
  /** Unset, or empty where the operator has a colon. */
  readonly missing: boolean
}

const operators: Record<string, (o: Operands) => string | undefined> = {
  '-': ({ value, word, missing }) => (missing ? word : value),
  '+': ({ word, missing }) => (missing ? '' : word),
  '?': ({ scan, name, value, word, missing }) =>
    missing ? fail(scan, `${name}: ${word === '' ? `must ${value === undefined ? 'be set' : 'not be empty'}` : word}`) : value,
  '#': ({ scan, value, word }) =>
    trimmed(scan, word.startsWith('#') ? trimStart(value ?? '', word.slice(1), 'longest') : trimStart(value ?? '', word, 'shortest')),
  '%': ({ scan, value, word }) => trimmed(scan, word.startsWith('%') ? trimEnd(value ?? '', word.slice(1), 'longest') : trimEnd(value ?? '', word, 'shortest')),
}

function expandReplacement(scan: Scan, name: string): string | undefined {
  const all = scan.chars[scan.at] === '/'
  if (all) scan.at++
  const pattern = readUntil(scan, '/', true)?.text
  if (pattern === undefined) return undefined
  const replacement = readUntil(scan, '}', true)?.text
  if (replacement === undefined) return undefined
  const value = scan.lookup(name)
  if (value === undefined && scan.o.keepUnset) return `\${${name}/${all ? '/' : ''}${pattern}/${replacement}}`
  return trimmed(scan, replaceMatches(value ?? '', pattern, replacement, all))
}

function trimmed(scan: Scan, result: string | undefined): string | undefined {
  return result ?? fail(scan, 'the pattern escapes a character that needs no escape')
}

function fail(scan: Scan, reason: string): undefined {
  scan.fault ??= reason
  return undefined
}
