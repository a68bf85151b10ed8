/** How a step's process starts, every value in place. */
import type { ProcessStart } from '../ports/infrastructure.ts'
import type { PlannedStart } from '../steps/work.ts'
import type { RunContext } from './parts.ts'
import { nowKnown, revealText } from './reveal.ts'

export async function processStart(start: PlannedStart, context: RunContext): Promise<ProcessStart> {
  if (start.kind === 'script') return { kind: 'script', shell: start.shell, script: await revealText(nowKnown(start.script), context) }
  if (start.argv === undefined) return { kind: 'program' }
  return { kind: 'program', argv: await Promise.all(nowKnown(start.argv).map((word) => revealText(word, context))) }
}
