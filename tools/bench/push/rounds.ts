/** Candidates in turn, round after round, each with a preparation that is not timed. The first round warms up. */
import { spawnSync } from 'node:child_process'

export interface Trial {
  readonly name: string
  /** Milliseconds of the part that counts. */
  time(): Promise<number>
}

export async function measureInTurn(trials: readonly Trial[], runs: number): Promise<ReadonlyMap<string, readonly number[]>> {
  const times = new Map<string, number[]>(trials.map(({ name }) => [name, []]))
  for (let round = 0; round <= runs; round++) {
    for (const trial of trials) {
      // What the one before left to be written would slow down the next.
      spawnSync('sync')
      const ms = await trial.time()
      if (round > 0) times.get(trial.name)?.push(ms)
    }
  }
  return times
}
