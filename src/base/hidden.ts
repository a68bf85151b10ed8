/** A value that was written in the clear where a secret belongs: it can be used, and printing or storing it shows nothing. */
export interface Hidden {
  readonly kind: 'hidden'
  /** A function, so that JSON leaves it out. */
  readonly reveal: () => string
}

export function hidden(text: string): Hidden {
  return { kind: 'hidden', reveal: () => text }
}
