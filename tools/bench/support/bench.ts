/** What a bench module exports: `about`, and `run`, which answers its rows. */
import type { Measured } from './measure.ts'

export interface BenchContext {
  readonly root: string
  /** How many rounds are asked for. */
  readonly runs: number
}

export interface BenchResult {
  readonly rows: readonly Measured[]
  /** Derived figures, such as ratios of medians. */
  readonly figures: Readonly<Record<string, number>>
}

export interface BenchModule {
  readonly about: string
  run(context: BenchContext): Promise<BenchResult>
}

/** Why a bench cannot run here, in words for people. */
export class CannotMeasure extends Error {}
