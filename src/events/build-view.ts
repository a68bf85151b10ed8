/** What a build looks like at a moment: the result of folding its events with the times at which they arrived. */
import type { Instant } from '../base/clock.ts'
import type { BuildEvent, BuildStepState } from './build-event.ts'
import type { Progress } from './run-event.ts'

/** Lines of a step that are kept for the live view and for the summary of its failure. */
const remembered = 20

export interface BuildStepView {
  readonly step: number
  readonly title: string
  readonly state: 'running' | BuildStepState
  readonly reason?: string
  readonly startedAt: Instant
  readonly endedAt?: Instant
  /** The last lines, each with the time since the step began. */
  readonly tail: readonly { readonly after: number; readonly text: string }[]
  readonly progress: readonly Progress[]
}

export interface BuildView {
  readonly startedAt: Instant | undefined
  readonly steps: ReadonlyMap<number, BuildStepView>
}

export const emptyBuild: BuildView = { startedAt: undefined, steps: new Map() }

export function reduceBuild(view: BuildView, event: BuildEvent, at: Instant): BuildView {
  const startedAt = view.startedAt ?? at
  if (event.kind === 'note' || event.kind === 'cache') return { ...view, startedAt }
  if (event.kind === 'step') {
    const { step, title } = event
    return { startedAt, steps: new Map(view.steps).set(step, { step, title, state: 'running', startedAt: at, tail: [], progress: [] }) }
  }
  const before = event.step === undefined ? undefined : view.steps.get(event.step)
  if (before === undefined) return { ...view, startedAt }
  return { startedAt, steps: new Map(view.steps).set(before.step, change(before, event, at)) }
}

function change(step: BuildStepView, event: Exclude<BuildEvent, { kind: 'note' | 'cache' | 'step' }>, at: Instant): BuildStepView {
  if (event.kind === 'log') return { ...step, tail: [...step.tail.slice(1 - remembered), { after: at - step.startedAt, text: event.text }] }
  if (event.kind === 'end') return { ...step, state: event.state, endedAt: at, ...(event.reason !== undefined && { reason: event.reason }) }
  const known = step.progress.some(({ task }) => task === event.progress.task)
  const progress = known ? step.progress.map((one) => (one.task === event.progress.task ? event.progress : one)) : [...step.progress, event.progress]
  return { ...step, progress }
}
