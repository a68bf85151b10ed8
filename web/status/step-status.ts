/** How a step, a group or a list of steps stands, in the words of the page. */
import type { RunView, StepView } from '../../src/events/run-view.ts'
import { byUrgency, type Status, statuses } from './status.ts'

export function stepStatus({ status, pause, outcome }: StepView): Status {
  if (pause !== undefined) return pause.kind === 'decision' ? 'asking' : 'retrying'
  return outcome !== undefined && 'ignored' in outcome && outcome.ignored === true ? 'ignored' : status
}

/** A group is what its steps are: the most urgent of them, and under way as long as some are done and some are not. */
export function groupStatus(steps: readonly Status[]): Status {
  const found = byUrgency.find((status) => steps.includes(status)) ?? 'waiting'
  if (found === 'waiting' && steps.some((status) => status === 'passed')) return 'running'
  if (found === 'skipped' && steps.includes('passed')) return 'passed'
  return found
}

/** `2 failed, 1 running, 7 passed`. */
export function countsText(steps: readonly Status[]): string {
  return byUrgency
    .map((status) => [steps.filter((one) => one === status).length, statuses[status].word.toLowerCase()] as const)
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`)
    .join(', ')
}

/** Steps that wait for a person. */
export function asking(view: RunView): readonly StepView[] {
  return [...view.steps.values()].filter((step) => step.pause?.kind === 'decision')
}
