/** What a plan says about failures: rules by level, the step's own first, then its groups' from the inside out, then the stage's. */
import type { Planned } from '../base/planned.ts'
import type { FailureKind } from '../pipeline/failure-kinds.ts'

export type FailureAct =
  /** The step stays failed, and everything goes on as if it were not. */
  | { readonly kind: 'ignore' }
  | { readonly kind: 'mark-success' }
  | { readonly kind: 'mark-failure' }
  /** Ends the whole run. */
  | { readonly kind: 'abort' }
  /** The step again; `retry-group`: the innermost group around it, from its beginning. */
  | {
      readonly kind: 'retry' | 'retry-group'
      readonly count: Planned<number>
      /** Milliseconds before each try; the last one repeats. */
      readonly intervalsMs: readonly number[]
      /** Asked after each failure. */
      readonly condition?: Planned<boolean>
      /** The group whose strategy it is; absent in those of steps and stages. */
      readonly group?: string
      readonly otherwise: FailureAct
    }
  /** A person chooses. */
  | { readonly kind: 'ask'; readonly timeoutMs: number; readonly otherwise: FailureAct }
  /** Builds have nothing to roll back: the step has failed, and the log says why nothing else happens. */
  | { readonly kind: 'rollback'; readonly what: 'stage' | 'step group' | 'pipeline' }
  | { readonly kind: 'proceed-with-defaults' }

export interface FailureRule {
  readonly errors: readonly FailureKind[]
  readonly act: FailureAct
}

export type FailureLevels = readonly (readonly FailureRule[])[]

/** The first rule that fits, on the innermost level that has one. */
export function ruleFor(kind: FailureKind, levels: FailureLevels): FailureRule | undefined {
  for (const level of levels) {
    const rule = level.find(({ errors }) => errors.includes('AllErrors') || errors.includes(kind))
    if (rule !== undefined) return rule
  }
  return undefined
}
