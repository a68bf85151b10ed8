/** Repeats a measurement and keeps the median: one slow start says nothing. */
export interface Measured {
  readonly what: string
  readonly unit: string
  readonly median: number
  readonly least: number
  readonly most: number
  readonly runs: number
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? (sorted[middle] ?? Number.NaN) : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2
}

export function summary(what: string, unit: string, values: readonly number[]): Measured {
  return { what, unit, median: median(values), least: Math.min(...values), most: Math.max(...values), runs: values.length }
}

/** Several candidates in turn, round after round, so that a slow minute of the machine hits all of them. The first round warms up. */
export async function inTurn(candidates: Readonly<Record<string, () => Promise<void> | void>>, runs: number): Promise<readonly Measured[]> {
  const times = new Map<string, number[]>(Object.keys(candidates).map((name) => [name, []]))
  for (let round = 0; round <= runs; round++) {
    for (const [name, act] of Object.entries(candidates)) {
      const started = performance.now()
      await act()
      if (round > 0) times.get(name)?.push(performance.now() - started)
    }
  }
  return [...times].map(([name, values]) => summary(name, 'ms', values))
}
