/** Where a sink prints: a stream that may be a terminal. */
export interface Output {
  /** Resolves when the text is on its way; the wait is the backpressure of a slow pipe. */
  write(text: string): Promise<void> | void
  /** Columns and rows of the terminal, undefined when it is none. */
  readonly columns: number | undefined
  readonly rows: number | undefined
  readonly colour: boolean
  /** Has a text written when the process ends before it is taken back, however it ends. */
  atExit?(text: string): () => void
}
