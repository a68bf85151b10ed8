/** What happens in a build, as builders tell it: steps begin, write lines, move bytes and end. Who receives it knows the time. */
import type { Diagnostic } from '../base/diagnostic.ts'
import type { Progress } from './run-event.ts'

/** `cached`: nothing had to be done, because it was done before. */
export type BuildStepState = 'done' | 'cached' | 'failed' | 'aborted'

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
  | { readonly kind: 'end'; readonly step: number; readonly state: BuildStepState }
  | { readonly kind: 'note'; readonly note: Diagnostic }
