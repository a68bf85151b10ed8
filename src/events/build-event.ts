/** What happens in a build, as builders tell it: steps begin, write lines, move bytes and end. Who receives it knows the time. */
import type { Diagnostic } from '../base/diagnostic.ts'
import type { Progress } from './run-event.ts'

/** `cached`: nothing had to be done, because it was done before. */
export type BuildStepState = 'done' | 'cached' | 'failed' | 'aborted'

export type CacheFate =
  /** `from`: this machine, a folder or a reference. */
  | { readonly fate: 'hit'; readonly from: string }
  /** Never a value: names of what is different from the nearest earlier build. */
  | { readonly fate: 'miss'; readonly because: readonly string[] }
  /** Files of a stage that are only copied on: they are read, and no layer is made of them. */
  | { readonly fate: 'unkept' }

/**
 * Steps are numbered from 1 in the order in which they begin; several may be under way at once. Every step that begins ends.
 * `step` is absent in lines that belong to no step.
 */
export type BuildEvent =
  /** `title` as people know it from BuildKit: `[build 2/5] RUN make`. */
  | { readonly kind: 'step'; readonly step: number; readonly title: string }
  /** A line that the step's command wrote, without its end. */
  | { readonly kind: 'log'; readonly text: string; readonly step?: number }
  | { readonly kind: 'progress'; readonly progress: Progress; readonly step?: number }
  /** `reason`: why it failed, in one line. */
  | { readonly kind: 'end'; readonly step: number; readonly state: BuildStepState; readonly reason?: string }
  /** On request, at the end of a build: for each step, in their order, what became of it and why. */
  | ({ readonly kind: 'cache'; readonly title: string } & CacheFate)
  | { readonly kind: 'note'; readonly note: Diagnostic }
