/** A place in a text file, for people: lines and columns count from 1, the end is exclusive. Plain JSON, so it survives storage. */
export interface Span {
  readonly file: string
  readonly line: number
  readonly col: number
  readonly endLine: number
  readonly endCol: number
}

/** `file:line:col`, the form editors and terminals make clickable. */
export function showSpan(span: Span): string {
  return `${span.file}:${span.line}:${span.col}`
}
