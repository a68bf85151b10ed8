/** Where a sink prints: a stream that may be a terminal. */
export interface Output {
  /** Resolves when the text is on its way; the wait is the backpressure of a slow pipe. */
  write(text: string): Promise<void> | void
  /** Columns of the terminal, undefined when it is none. */
  readonly columns: number | undefined
  readonly colour: boolean
}
