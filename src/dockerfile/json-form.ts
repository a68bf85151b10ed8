/** The JSON form of arguments: `["a", "b"]` to words, each with its place. */
import type { PlacedText } from './placed-text.ts'
import type { Word } from './word.ts'

export type JsonForm =
  | { readonly kind: 'words'; readonly words: readonly Word[] }
  /** An array, but not of strings. */
  | { readonly kind: 'not-strings' }
  /** No JSON array: the text means something else. */
  | { readonly kind: 'none' }

export function readJsonForm(text: PlacedText): JsonForm {
  const parsed = parseArray(text.text)
  if (parsed === undefined) return { kind: 'none' }
  if (!parsed.every((item) => typeof item === 'string')) return { kind: 'not-strings' }
  const places = [...text.text.matchAll(/"(?:[^"\\]|\\.)*"/gs)]
  const words = parsed.map((item, i) => {
    const place = places[i]
    return { text: item, at: place === undefined ? text.span(0, text.text.length) : text.span(place.index, place.index + place[0].length) }
  })
  return { kind: 'words', words }
}

function parseArray(text: string): readonly unknown[] | undefined {
  if (!text.trimStart().startsWith('[')) return undefined
  try {
    const parsed: unknown = JSON.parse(text)
    return Array.isArray(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}
