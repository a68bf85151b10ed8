/** A stage's configuration and variables while its instructions are read one after another. */
import { type Diagnostic, diagnose } from '../../base/diagnostic.ts'
import type { Span } from '../../base/span.ts'
import type { Dockerfile } from '../../dockerfile/parse.ts'
import type { Word } from '../../dockerfile/word.ts'
import { expandWord } from '../../dockerfile/words.ts'
import type { RunConfig } from '../../oci/manifest.ts'
import type { Op } from './op.ts'

export type Mutable<T> = { -readonly [K in keyof T]: T[K] }

export interface StageState {
  readonly file: Dockerfile
  readonly index: number
  readonly run: Mutable<RunConfig>
  author: string | undefined
  /** ENV and ARG values, as expansion sees them; a later one of either wins. */
  readonly variables: Map<string, string>
  /** Declared by ARG, in order: RUN's history lists them. */
  readonly args: Map<string, string | undefined>
  /** CMD was given in this stage, so ENTRYPOINT leaves it alone. */
  cmdGiven: boolean
  readonly ops: Op[]
  readonly scope: ReadonlyMap<string, string>
  readonly given: ReadonlyMap<string, string>
  /** Names of given arguments that some ARG took. */
  readonly usedArgs: Set<string>
  /** The name by which a named context is asked for; undefined when there is none. */
  readonly context: (name: string) => string | undefined
  readonly report: (d: Diagnostic) => void
}

/** The word with variables put in; its own text after a report. */
export function expanded(state: StageState, word: Word): string {
  const result = expandWord(word.text, { escape: state.file.directives.escape, lookup: (name) => state.variables.get(name) })
  if (result.ok) return result.text
  state.report(diagnose('DOCKERFILE_EXPANSION_FAILED', { word: word.text, reason: result.reason }, { at: word.at }))
  return word.text
}

/** As `expanded`, then split at white space that came from outside quotes. */
export function expandedWords(state: StageState, word: Word): readonly string[] {
  const result = expandWord(word.text, { escape: state.file.directives.escape, lookup: (name) => state.variables.get(name) })
  if (result.ok) return result.words
  state.report(diagnose('DOCKERFILE_EXPANSION_FAILED', { word: word.text, reason: result.reason }, { at: word.at }))
  return []
}

export function tell(state: StageState, at: Span, createdBy: string): void {
  state.ops.push({ kind: 'config', at, createdBy })
}
