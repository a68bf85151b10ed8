/** What a lint rule is: a name people know from BuildKit's checks, and a pure function from a file to findings. */
import type { Diagnostic } from '../../base/diagnostic.ts'
import type { IgnoreRules } from '../ignore.ts'
import type { Dockerfile } from '../parse.ts'
import type { StageGraph } from '../stages.ts'
import type { VariableOptions } from '../variables.ts'

export interface LintFacts {
  readonly file: Dockerfile
  readonly graph: StageGraph
  readonly options: VariableOptions
  /** The rules of the context, when there are any. */
  readonly ignore: IgnoreRules | undefined
}

export interface LintRule {
  /** As `# check=skip=NAME` has it. */
  readonly name: string
  /** Runs only when asked for by `# check=experimental=NAME`. */
  readonly experimental?: true
  check(facts: LintFacts): readonly Diagnostic[]
}
