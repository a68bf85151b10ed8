/** Lets plain string functions work on texts with secrets: each secret becomes one character that occurs nowhere else. */
import { joinText, type Text } from '../base/secret-text.ts'

export interface Marked {
  readonly plain: readonly string[]
  readonly restore: (text: string) => Text
  readonly hasMark: (text: string) => boolean
}

export function marked(texts: readonly Text[]): Marked {
  const literals = texts.flatMap((text) => (typeof text === 'string' ? [text] : text.pieces.filter((piece) => typeof piece === 'string'))).join('')
  const secrets = new Map<string, string>()
  const free = freeCharacters(literals)
  const plain = texts.map((text) => {
    if (typeof text === 'string') return text
    return text.pieces.map((piece) => (typeof piece === 'string' ? piece : mark(piece.secret))).join('')
  })
  function mark(secret: string): string {
    const character = free.next().value ?? ''
    secrets.set(character, secret)
    return character
  }
  return {
    plain,
    restore: (text) => (secrets.size === 0 ? text : joinText(...[...text].map((c) => textOf(c, secrets.get(c))))),
    hasMark: (text) => secrets.size > 0 && [...text].some((c) => secrets.has(c)),
  }
}

function textOf(character: string, secret: string | undefined): Text {
  return secret === undefined ? character : { kind: 'secret-text', pieces: [{ secret }] }
}

/** Characters of the two private-use areas that the text does not hold. */
function* freeCharacters(taken: string): Generator<string, undefined> {
  for (const [from, to] of [
    [0xe000, 0xf8ff],
    [0xf0000, 0x10fffd],
  ] as const) {
    for (let code = from; code <= to; code++) {
      const character = String.fromCodePoint(code)
      if (!taken.includes(character)) yield character
    }
  }
  return undefined
}
