/** Single measurements, as run.mjs writes them: one JSON document a line. */
import type { Measure, WorkloadName } from './goals.ts'

export interface Trial {
  readonly wl: WorkloadName
  readonly m: Measure
  readonly tool: string
  /** Exit code. */
  readonly rc: number
  /** Seconds. */
  readonly wall: number
  readonly cpu: number
  /** Megabytes. */
  readonly rss: number
  /** Compressed megabytes that the registry got. */
  readonly mb?: number
}

export function readTrials(text: string): readonly Trial[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Trial)
}
