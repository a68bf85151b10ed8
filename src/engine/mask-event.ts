/** Masks every text of an event. Step output has passed the stream redactor already; names and kinds hold no user text. */
import type { RunEvent } from '../events/run-event.ts'
import type { Redactor } from './redactor.ts'

const kept = new Set(['kind', 'step', 'stage', 'stream', 'code', 'severity', 'digest', 'type', 'path'])

export function maskEvent(event: RunEvent, redactor: Redactor): RunEvent {
  if (event.kind === 'step.output' || event.kind === 'step.progress') return event
  return maskTexts(event, redactor)
}

function maskTexts<T>(value: T, redactor: Redactor): T {
  if (typeof value === 'string') return redactor.text(value) as T
  if (Array.isArray(value)) return value.map((item) => maskTexts(item, redactor)) as T
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, kept.has(key) ? member : maskTexts(member, redactor)])) as T
}
