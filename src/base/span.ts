/** A place in a text file, for people: lines and columns count from 1, the end is exclusive. Plain JSON, so it survives storage. */
export interface Span {
  readonly file: string
  readonly line: number
  readonly col: number
  readonly endLine: number
  readonly endCol: number
}

/** A place that is no text, such as an environment variable: its name says it all. */
export function namedPlace(name: string): Span {
  return { file: name, line: 0, col: 0, endLine: 0, endCol: 0 }
}

/** `file:line:col`, the form editors and terminals make clickable. */
export function showSpan(span: Span): string {
  return span.line === 0 ? span.file : `${span.file}:${span.line}:${span.col}`
}
