/** Masks every text of an event. Step output has passed the stream redactor already; kinds, codes and the names of nodes tie events together and stay. */
import type { RunEvent } from '../events/run-event.ts'
import { mask } from './masks.ts'
import type { Redactor } from './redactor.ts'

const kept = new Set(['kind', 'step', 'stage', 'group', 'stream', 'code', 'severity', 'digest', 'type'])

export function maskEvent(event: RunEvent, redactor: Redactor): RunEvent {
  if (event.kind === 'step.output') return event
  if (event.kind === 'step.outputs')
    return maskTexts({ ...event, outputs: event.outputs.map((output) => (output.secret ? { ...output, value: mask } : output)) }, redactor)
  return maskTexts(event, redactor)
}

function maskTexts<T>(value: T, redactor: Redactor): T {
  if (typeof value === 'string') return redactor.text(value) as T
  if (Array.isArray(value)) return value.map((item) => maskTexts(item, redactor)) as T
  if (value === null || typeof value !== 'object') return value
  const members = Object.entries(value)
  // Nodes of a plan have a path that ties events to them; the path of a file is a text as any other.
  const isNode = 'kind' in value
  return Object.fromEntries(members.map(([key, member]) => [key, kept.has(key) || (isNode && key === 'path') ? member : maskTexts(member, redactor)])) as T
}
