/** What the cache did for one step, as a line for people. */
import type { BuildEvent } from './build-event.ts'

export function cacheLine(event: Extract<BuildEvent, { kind: 'cache' }>): string {
  switch (event.fate) {
    case 'hit':
      return `${event.title}: cached, from ${event.from}`
    case 'miss':
      return `${event.title}: not cached: ${event.because.join('; ')}`
    case 'unkept':
      return `${event.title}: needs no layer`
  }
}
