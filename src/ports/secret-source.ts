/** Where secrets come from. `undefined` means "not mine, ask the next". */
export interface SecretValue {
  readonly name: string
  /** The only way to the text. The caller has registered the value with the run's redactor before. */
  reveal(): string
}

/**
 * 1. Undefined is for a name that is not here: the next source is asked. A text of no length is a value.
 * 2. A place that cannot be read is a thrown Problem, never undefined: the value of another source may be the wrong one.
 * 3. A name with `account.` or `org.` is looked for as it is, then without its scope.
 * 4. The value bears the name that was asked for; printed, logged or serialised it shows no more than that.
 * 5. May be asked several times at once, and changes nothing by it.
 * 6. Once `signal` has aborted it rejects with the signal's reason.
 */
export interface SecretSource {
  /** For messages: "environment", "secret store". */
  readonly name: string
  read(name: string, o: { readonly signal: AbortSignal }): Promise<SecretValue | undefined>
}

/** Printing, logging and serialising a SecretValue shows only its name. */
export function secretValue(name: string, text: string): SecretValue {
  return { name, reveal: () => text }
}
