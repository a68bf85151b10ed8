/** Splits the arguments of an instruction: at white space, or at white space outside quotes. Quotes stay in the words. */
import type { PlacedText } from './placed-text.ts'
import type { Word } from './word.ts'

/** For FROM, COPY, EXPOSE and the like: quotes mean nothing here. */
export function splitAtSpaces(text: PlacedText): readonly Word[] {
  return [...text.text.matchAll(/[^\t\v\f\r ]+/g)].map((match) => text.word(match.index, match.index + match[0].length))
}

/** For ENV, LABEL and ARG: white space inside quotes, or after the escape character, belongs to the word. */
export function splitOutsideQuotes(text: PlacedText, escapeChar: string): readonly Word[] {
  const words: Word[] = []
  let at = 0
  while (at < text.text.length) {
    if (/\s/.test(text.text[at] ?? '')) {
      at++
      continue
    }
    const { value, end } = readWord(text.text, at, escapeChar)
    if (value !== '') words.push({ text: value, at: text.span(at, end) })
    at = end
  }
  return words
}

/** An escape character that ends the text is dropped; any other stays for the expansion to read. */
function readWord(text: string, from: number, escapeChar: string): { value: string; end: number } {
  let value = ''
  let quote = ''
  let at = from
  for (; at < text.length; at++) {
    const c = text[at] ?? ''
    if (quote === '' && /\s/.test(c)) break
    if (c === escapeChar && quote !== "'") {
      if (at + 1 < text.length) value += c + text[++at]
      continue
    }
    if (c === quote) quote = ''
    else if (quote === '' && (c === '"' || c === "'")) quote = c
    value += c
  }
  return { value, end: Math.min(at, text.length) }
}
