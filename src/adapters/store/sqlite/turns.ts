/** A batch as turns of output and of everything else, so that neither store ever has something whose predecessor the other lacks. */
import type { Recorded } from '../../../events/run-event.ts'

export interface Turn {
  readonly output: boolean
  readonly recorded: readonly Recorded[]
}

export function turnsOf(batch: readonly Recorded[]): readonly Turn[] {
  const turns: { output: boolean; recorded: Recorded[] }[] = []
  for (const one of batch) {
    const output = one.event.kind === 'step.output'
    const turn = turns.at(-1)
    if (turn?.output === output) turn.recorded.push(one)
    else turns.push({ output, recorded: [one] })
  }
  return turns
}
