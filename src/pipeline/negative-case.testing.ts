/** One broken rule: the text that breaks it, and what is said. */
export interface Case {
  readonly rule: string
  /** Text with one `|` at the place of the finding. */
  readonly text: string
  readonly code: string
  /** Words of the message or the hint. */
  readonly says?: string
}
