/** The time of a run: the machine's; on infrastructure fake one that jumps from sleeper to sleeper, and stands still for what is real. */
import type { Clock } from '../base/clock.ts'
import { jumpingClock } from '../base/jumping-clock.ts'
import type { InfraName } from '../ports/infrastructure.ts'

export interface RunTime {
  readonly clock: Clock
  /** For what waits for the world outside of the run: its history, its readers, a person. */
  real<T>(work: () => Promise<T>): Promise<T>
}

export function runTime(on: InfraName | undefined, machine: Clock): RunTime {
  if (on !== 'fake') return { clock: machine, real: (work) => work() }
  const clock = jumpingClock({ start: machine.now(), turn: () => new Promise((resolve) => setImmediate(resolve)) })
  return { clock, real: (work) => clock.during(work) }
}
