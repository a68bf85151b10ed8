/** Text that may hold secrets, by name only: it can be joined, planned, printed and stored without anyone knowing the secret. */
export type TextPiece = string | { readonly secret: string }

export interface SecretText {
  readonly kind: 'secret-text'
  readonly pieces: readonly TextPiece[]
}

export type Text = string | SecretText

export function secretText(name: string): SecretText {
  return { kind: 'secret-text', pieces: [{ secret: name }] }
}

export function isSecretText(value: unknown): value is SecretText {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'secret-text'
}

/** Joins texts; the result is a plain string unless a secret is inside. */
export function joinText(...texts: readonly Text[]): Text {
  const pieces: TextPiece[] = []
  for (const text of texts) {
    for (const piece of typeof text === 'string' ? [text] : text.pieces) {
      const last = pieces.at(-1)
      if (typeof piece === 'string' && typeof last === 'string') pieces[pieces.length - 1] = last + piece
      else if (piece !== '') pieces.push(piece)
    }
  }
  if (pieces.every((piece) => typeof piece === 'string')) return pieces.join('')
  return { kind: 'secret-text', pieces }
}

/** For people and plans: secrets appear as `<secret NAME>`. */
export function showText(text: Text): string {
  return typeof text === 'string' ? text : text.pieces.map((piece) => (typeof piece === 'string' ? piece : `<secret ${piece.secret}>`)).join('')
}
