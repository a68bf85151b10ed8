/** What running steps transfer, as lines: a bar, the bytes and how fast they come. Remembers when each began. */
import type { Instant } from '../../base/clock.ts'
import { humanBytes } from '../../base/human.ts'
import type { Progress, Recorded } from '../../events/run-event.ts'
import type { StepView } from '../../events/run-view.ts'

export type ProgressLines = (step: StepView, now: Instant) => readonly string[]

export interface ProgressMemory {
  see(recorded: Recorded): void
  readonly lines: ProgressLines
}

/** Rates of the first moments say nothing. */
const settledMs = 1_000
const cells = 16

export function progressMemory(): ProgressMemory {
  const begun = new Map<string, { readonly at: Instant; readonly done: number }>()
  const key = (step: string, task: string): string => `${step}\n${task}`
  return {
    see({ event, at }) {
      if (event.kind === 'step.finished') {
        for (const known of begun.keys()) if (known.startsWith(`${event.step}\n`)) begun.delete(known)
      }
      if (event.kind !== 'step.progress') return
      const name = key(event.step, event.progress.task)
      if (!begun.has(name)) begun.set(name, { at, done: event.progress.done })
    },
    lines: (step, now) =>
      step.progress.map((progress) => {
        const since = begun.get(key(step.path, progress.task))
        const ms = since === undefined ? 0 : now - since.at
        const rate = since === undefined || ms < settledMs ? '' : `  ${humanBytes(((progress.done - since.done) / ms) * 1000)}/s`
        return `${bar(progress)}${amounts(progress)}${rate}  ${progress.task}`
      }),
  }
}

function bar({ done, total }: Progress): string {
  if (total === undefined || total <= 0) return ''
  const full = Math.min(cells, Math.floor((done / total) * cells))
  return `${'█'.repeat(full)}${'░'.repeat(cells - full)} `
}

function amounts({ done, total }: Progress): string {
  return total === undefined ? humanBytes(done) : `${humanBytes(done)} of ${humanBytes(total)}`
}
