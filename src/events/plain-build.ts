/** A build as lines of text that people know from BuildKit: `#5 [build 2/4] RUN make`, `#5 0.123 text`, `#5 DONE 0.4s`. */
import type { Instant } from '../base/clock.ts'
import { humanBytes } from '../base/human.ts'
import type { BuildEvent } from './build-event.ts'
import { type BuildStepView, type BuildView, emptyBuild, reduceBuild } from './build-view.ts'
import { cacheLine } from './cache-line.ts'
import type { Progress } from './run-event.ts'

export interface PlainBuild {
  /** The lines that an event adds; none for notes, which have a form of their own. */
  lines(event: BuildEvent, at: Instant): readonly string[]
  /** The steps that failed, with their last words. */
  failures(): readonly string[]
}

/** A transfer is told when it begins and when this much more has arrived. */
const every = 16 * 1024 * 1024

export function plainBuild(): PlainBuild {
  let view = emptyBuild
  let last: number | undefined
  const told = new Map<string, number>()
  const ended = new Set<number>()

  /** Says which step speaks when another one spoke before. */
  const under = (step: number, lines: readonly string[]): readonly string[] => {
    const change = last !== step
    const gap = change && last !== undefined ? [''] : []
    const heading = change && !ended.has(step) ? [`#${step} ${oneLine(view.steps.get(step)?.title ?? '')}`] : []
    last = step
    return [...gap, ...heading, ...lines]
  }
  const moved = (step: number, progress: Progress): readonly string[] => {
    const key = `${step} ${progress.task}`
    const before = told.get(key)
    const whole = progress.total !== undefined && progress.done >= progress.total
    if (before !== undefined && !whole && progress.done - before < every) return []
    if (before === progress.done) return []
    told.set(key, progress.done)
    return under(step, [`#${step} ${progress.task} ${bytesText(progress)}`])
  }
  return {
    lines(event, at) {
      if (event.kind === 'cache') return [cacheLine(event)]
      view = reduceBuild(view, event, at)
      const step = event.kind === 'note' ? undefined : event.step
      const known = step === undefined ? undefined : view.steps.get(step)
      if (step === undefined || known === undefined) return event.kind === 'log' ? [event.text] : []
      if (event.kind === 'step') return under(step, [])
      if (event.kind === 'log') return under(step, [`#${step} ${secondsText(at - known.startedAt)} ${event.text}`])
      if (event.kind === 'progress') return moved(step, event.progress)
      const lines = under(step, [endLine(known)])
      ended.add(step)
      return lines
    },
    failures: () => failureLines(view),
  }
}

export function endLine({ step, state, reason, startedAt, endedAt = startedAt }: BuildStepView): string {
  if (state === 'cached') return `#${step} CACHED`
  if (state === 'failed') return `#${step} ERROR${reason === undefined ? '' : `: ${reason}`}`
  if (state === 'aborted') return `#${step} CANCELED`
  return `#${step} DONE ${((endedAt - startedAt) / 1000).toFixed(1)}s`
}

export function bytesText({ done, total }: Progress): string {
  return total === undefined ? humanBytes(done) : `${humanBytes(done)} / ${humanBytes(total)}`
}

/** Between rulers, as BuildKit shows them: the step, then what it said last. */
export function failureLines(view: BuildView): readonly string[] {
  const failed = [...view.steps.values()].filter((step) => step.state === 'failed')
  if (failed.length === 0) return []
  const blocks = failed.flatMap((step) => [
    ` > ${oneLine(step.title)}:`,
    ...step.tail.slice(-10).map(({ after, text }) => `${secondsText(after)} ${text}`),
    '------',
  ])
  return ['------', ...blocks]
}

export function secondsText(ms: number): string {
  return (ms / 1000).toFixed(3)
}

/** An instruction may go over several lines. */
export function oneLine(title: string): string {
  return title.replaceAll(/\\\r?\n\s*/g, '').replaceAll(/\s*\r?\n\s*/g, ' ')
}
