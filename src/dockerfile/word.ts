/** A piece of Dockerfile text and its place: what every typed instruction is made of. Variables in it are not yet expanded. */
import type { Span } from '../base/span.ts'

export interface Word {
  readonly text: string
  readonly at: Span
}
