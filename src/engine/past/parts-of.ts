/** The story of each step, cut at its ends: a step whose group begins again has several. */
import type { Outcome } from '../../events/outcome.ts'
import type { OutputVariable, Recorded, RunEvent } from '../../events/run-event.ts'

export interface Part {
  readonly events: readonly RunEvent[]
  readonly starts: number
  readonly retries: number
  /** The last it has handed over. */
  readonly outputs: readonly OutputVariable[]
  /** Undefined: it was under way. */
  readonly end?: { readonly outcome: Outcome; readonly seq: number }
}

export function partsOf(events: readonly Recorded[]): ReadonlyMap<string, readonly Part[]> {
  const ended = new Map<string, Part[]>()
  const open = new Map<string, RunEvent[]>()
  const close = (step: string, end?: Part['end']): void => {
    const own = open.get(step) ?? []
    open.delete(step)
    const part: Part = {
      events: own,
      starts: own.filter(({ kind }) => kind === 'step.started').length,
      retries: own.filter(({ kind }) => kind === 'step.retrying').length,
      outputs: own.flatMap((event) => (event.kind === 'step.outputs' ? event.outputs : [])),
      ...(end !== undefined && { end }),
    }
    ended.set(step, [...(ended.get(step) ?? []), part])
  }
  for (const { event, seq } of events) {
    if (!('step' in event)) continue
    open.set(event.step, [...(open.get(event.step) ?? []), event])
    if (event.kind === 'step.finished') close(event.step, { outcome: event.outcome, seq })
  }
  for (const step of [...open.keys()]) close(step)
  return ended
}

/** Of the node that it is about; empty: the run. */
export function pathOf(event: RunEvent): string {
  if ('step' in event) return event.step
  if ('stage' in event) return event.stage
  return 'group' in event ? event.group : ''
}
