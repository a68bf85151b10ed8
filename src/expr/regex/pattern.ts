/** Patterns as a tree, and what the engine runs. Code units are UTF-16, as in Java's simple cases. */
export type Test = (code: number) => boolean

export type Assertion = 'start' | 'end' | 'lineStart' | 'lineEnd' | 'finish' | 'word' | 'notWord'

export type Pattern =
  | { readonly kind: 'unit'; readonly test: Test }
  | { readonly kind: 'assert'; readonly assertion: Assertion }
  | { readonly kind: 'sequence'; readonly items: readonly Pattern[] }
  | { readonly kind: 'either'; readonly options: readonly Pattern[] }
  | { readonly kind: 'repeat'; readonly item: Pattern; readonly min: number; readonly max: number; readonly lazy: boolean }
  | { readonly kind: 'group'; readonly item: Pattern; readonly index: number }

export type Instruction =
  | { readonly op: 'unit'; readonly test: Test }
  | { readonly op: 'assert'; readonly assertion: Assertion }
  /** Tries `first`, then `second`. */
  | { readonly op: 'split'; readonly first: number; readonly second: number }
  | { readonly op: 'jump'; readonly to: number }
  | { readonly op: 'save'; readonly slot: number }
  | { readonly op: 'match' }

export interface Program {
  readonly instructions: readonly Instruction[]
  /** Groups, the whole match (0) included. */
  readonly groups: number
  readonly names: ReadonlyMap<string, number>
}

/** Raised for a pattern that cannot be used; the message says why. */
export interface BadPattern {
  readonly badPattern: string
}

export function badPattern(why: string): never {
  throw { badPattern: why } satisfies BadPattern
}

export function isBadPattern(error: unknown): error is BadPattern {
  return typeof error === 'object' && error !== null && 'badPattern' in error
}

export function isWordUnit(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || code === 95 || (code >= 97 && code <= 122)
}
