/** What planning is told about the world: given, never looked up. Absent = only known when the run starts. */
import type { Engine } from '../settings/vocabulary.ts'
import type { InfraPlan } from './plan.ts'

export interface CodebaseFacts {
  readonly branch?: string
  readonly commitSha?: string
  readonly commitMessage?: string
  readonly repoUrl?: string
  readonly gitUser?: string
  readonly gitUserEmail?: string
  readonly tag?: string
}

export interface ConnectorFact {
  readonly type: string
  /** Where it is written out. */
  readonly url?: string
}

export interface RunFacts {
  readonly sequenceId?: number
  readonly executionId?: string
  /** Of a run that repeats another: the id of the first. */
  readonly resumedExecutionId?: string
  /** Milliseconds since the epoch. */
  readonly startTs?: number
  readonly codebase?: CodebaseFacts
  /** Feature flags by name. */
  readonly flags: Readonly<Record<string, boolean>>
  /** `--on`: replaces the infrastructure of every stage. */
  readonly on?: InfraPlan['on']
  readonly engine?: Engine
  /** The connectors that are defined, by identifier. Absent: nobody looked, so none is missed. */
  readonly connectors?: Readonly<Record<string, ConnectorFact>>
  /** An undefined connector is an error when something is about to run, a warning before. */
  readonly connectorsNeeded?: boolean
  /** `--var`: replaces pipeline variables. */
  readonly variables: Readonly<Record<string, string>>
}

export const noFacts: RunFacts = { flags: {}, variables: {} }
