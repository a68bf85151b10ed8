/** Reads one token of an expression at a position. What `>` means is the parser's business: it always comes alone. */
export type Token =
  | { readonly kind: 'number'; readonly value: number; readonly float: boolean; readonly start: number; readonly end: number }
  | { readonly kind: 'word'; readonly word: string; readonly start: number; readonly end: number }
  /** The opening quote of a text, `\"` included; its content may hold nested expressions, so the parser reads it. */
  | { readonly kind: 'quote'; readonly quote: string; readonly start: number; readonly end: number }
  | { readonly kind: 'sign'; readonly sign: string; readonly start: number; readonly end: number }
  | { readonly kind: 'strange'; readonly start: number; readonly end: number }
  | { readonly kind: 'end'; readonly start: number; readonly end: number }

/** Longest first. `>=` is not among them, see above. */
const signs = ['...', '<+', '==', '!=', '<=', '=~', '!~', '=^', '!^', '=$', '!$', '&&', '||', '?:', '??', '?.', '->', '=>', '+=', '-=', '*=', '/=', '%=']
const singles = '<>=!+-*/%?:.,()[]{};&|^~@#'

const wordStart = /[\p{L}_$]/u
const wordRest = /[\p{L}\p{N}_$]/u

export function isWordPart(text: string, at: number): boolean {
  return at < text.length && wordRest.test(text.charAt(at))
}

export function skipBlanks(text: string, from: number): number {
  let at = from
  while (at < text.length && /\s/.test(text.charAt(at))) at++
  return at
}

export function tokenAt(text: string, from: number): Token {
  const start = skipBlanks(text, from)
  const c = text.charAt(start)
  if (c === '') return { kind: 'end', start, end: start }
  if (wordStart.test(c)) {
    const end = wordEnd(text, start)
    return { kind: 'word', word: text.slice(start, end), start, end }
  }
  if (/\d/.test(c) || (c === '.' && /\d/.test(text.charAt(start + 1)))) return numberAt(text, start)
  if (c === '"' || c === "'") return { kind: 'quote', quote: c, start, end: start + 1 }
  if (c === '\\' && /["']/.test(text.charAt(start + 1))) return { kind: 'quote', quote: text.slice(start, start + 2), start, end: start + 2 }
  const sign = signs.find((s) => text.startsWith(s, start)) ?? (singles.includes(c) ? c : undefined)
  return sign === undefined ? { kind: 'strange', start, end: start + 1 } : { kind: 'sign', sign, start, end: start + sign.length }
}

export function wordEnd(text: string, start: number): number {
  let end = start
  while (isWordPart(text, end)) end++
  return end
}

const numberPattern = /0[xX][\da-fA-F]+[lLhH]?|(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?[lLhHfFdDbB]?/y

function numberAt(text: string, start: number): Token {
  numberPattern.lastIndex = start
  const written = numberPattern.exec(text)?.[0] ?? text.charAt(start)
  const hex = /^0x/i.test(written)
  const digits = hex ? written.replace(/[lLhH]$/, '') : written.replace(/[a-df-zA-DF-Z]$/, '')
  const float = !hex && /[.eEfFdDbB]/.test(written)
  return { kind: 'number', value: Number(digits), float, start, end: start + written.length }
}
