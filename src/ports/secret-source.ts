/** Where secrets come from. `undefined` means "not mine, ask the next". */
export interface SecretValue {
  readonly name: string
  /** The only way to the text. The caller has registered the value with the run's redactor before. */
  reveal(): string
}

export interface SecretSource {
  /** For messages: "environment", "secret store". */
  readonly name: string
  read(name: string, o: { readonly signal: AbortSignal }): Promise<SecretValue | undefined>
}

/** Printing, logging and serialising a SecretValue shows only its name. */
export function secretValue(name: string, text: string): SecretValue {
  return { name, reveal: () => text }
}
