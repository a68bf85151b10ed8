/** STOPSIGNAL: what stops the container, by name or number. */
import { readFlags } from '../read-flags.ts'
import type { Word } from '../word.ts'
import { type Common, common, type Request, wrongArguments } from './request.ts'

export interface StopSignal extends Common<'stopsignal'> {
  readonly signal: Word
}

export function readStopSignal(request: Request): StopSignal | undefined {
  readFlags(request, {})
  if (request.rest.text === '') return wrongArguments(request, 'a signal')
  return { ...common('stopsignal', request), signal: request.rest.word() }
}
