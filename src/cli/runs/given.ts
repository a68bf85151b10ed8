/** What a run is started with, as it is kept for running it again. */
import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import type { RunId } from '../../events/run-event.ts'
import type { CodebaseFacts } from '../../pipeline/codebase-facts.ts'
import type { Given, RunRecord } from '../../ports/history.ts'
import { isAddress } from '../choose-code.ts'
import type { RunOptions } from '../commands/run.ts'

/** A run that repeats another. */
export interface Again {
  readonly of: RunRecord
  readonly given: Given
  readonly fromFailed: boolean
  /** Inputs that are others than those of the first run. */
  readonly changed: boolean
  /** It is no other run, but goes on with this one. */
  readonly resumes?: true
}

export interface GivenParts {
  readonly options: RunOptions
  readonly text: string
  readonly cwd: string
  readonly codebase: CodebaseFacts | undefined
  readonly again: Again | undefined
}

export function givenOf({ options, text, cwd, codebase, again }: GivenParts): Given {
  // How it is shown is the matter of whoever looks.
  const { output: _, debugAuth: __, ask: ___, quiet: ____, verbose: _____, id: ______, begun: _______, ...kept } = options
  return {
    options: { ...kept, ...(kept.codebase !== undefined && { codebase: isAddress(kept.codebase) ? kept.codebase : resolve(cwd, kept.codebase) }), cwd },
    text: digestOf(text),
    ...(codebase !== undefined && { codebase }),
    ...(again !== undefined && { again: { of: again.of.run, first: firstOf(again) } }),
  }
}

export function firstOf({ of, given }: Again): RunId {
  return given.again?.first ?? of.run
}

export function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`
}
