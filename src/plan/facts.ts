/** What planning is told about the world: given, never looked up. Absent = only known when the run starts. */
import type { CodebaseFacts } from '../pipeline/codebase-facts.ts'
import type { GitAddress } from '../pipeline/repository-url.ts'
import type { Revision } from '../pipeline/revision.ts'
import type { Engine } from '../settings/vocabulary.ts'
import type { InfraPlan } from './plan.ts'

/** What the person who starts the run says about the code, in place of what the pipeline says. */
export type CodeChoice =
  /** A copy of a folder of this machine, whatever the codebase block names. */
  | { readonly kind: 'folder' }
  /** A clone: of the address, else of what the codebase block names, else of the folder's own repository. */
  | { readonly kind: 'clone'; readonly url?: string; readonly revision?: Revision; readonly folder?: string }

export interface ConnectorFact {
  readonly type: string
  /** Where it is written out. */
  readonly url?: string
  /** Of git connectors, where the URL is written out. */
  readonly git?: GitAddress
}

export interface RunFacts {
  readonly sequenceId?: number
  readonly executionId?: string
  /** Of a run that repeats another: the id of the first. */
  readonly resumedExecutionId?: string
  /** Milliseconds since the epoch. */
  readonly startTs?: number
  readonly codebase?: CodebaseFacts
  readonly code?: CodeChoice
  /** What an earlier run was made of: its commit is taken again, and expressions say again what they said. */
  readonly pinned?: CodebaseFacts
  /** Who started the run; a person, unless it says otherwise. */
  readonly trigger?: 'manual' | 'webhook'
  /** Feature flags by name. */
  readonly flags: Readonly<Record<string, boolean>>
  /** `--on`: replaces the infrastructure of every stage. */
  readonly on?: InfraPlan['on']
  readonly engine?: Engine
  /** What the executor of kaniko runs in, where it is not the usual image. */
  readonly kanikoImage?: string
  /** The connectors that are defined, by identifier. Absent: nobody looked, so none is missed. */
  readonly connectors?: Readonly<Record<string, ConnectorFact>>
  /** An undefined connector is an error when something is about to run, a warning before. */
  readonly connectorsNeeded?: boolean
  /** `--var`: replaces pipeline variables. */
  readonly variables: Readonly<Record<string, string>>
}

export const noFacts: RunFacts = { flags: {}, variables: {} }
