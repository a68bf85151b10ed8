/** The one error class: something in the world failed. Bad user text is a Diagnostic value instead, a failed step an Outcome value. */
import type { Code } from './codes.ts'
import { type Diagnostic, type DiagnosticOptions, diagnose } from './diagnostic.ts'
import type { Parameters } from './message.ts'

export interface ProblemOptions extends DiagnosticOptions {
  readonly cause?: unknown
  /** True when the same call may work a moment later. */
  readonly retryable?: boolean
  /** More findings of the same kind, when one throw reports several. */
  readonly others?: readonly Diagnostic[]
}

export class Problem extends Error {
  readonly diagnostic: Diagnostic
  readonly retryable: boolean
  readonly others: readonly Diagnostic[]

  constructor(diagnostic: Diagnostic, options: { cause?: unknown; retryable?: boolean; others?: readonly Diagnostic[] } = {}) {
    super(diagnostic.message, { cause: options.cause })
    this.name = 'Problem'
    this.diagnostic = diagnostic
    this.retryable = options.retryable ?? false
    this.others = options.others ?? []
  }

  get code(): Code {
    return this.diagnostic.code
  }
}

export function problem<C extends Code>(code: C, data: Parameters<C>, options: ProblemOptions = {}): Problem {
  return new Problem(diagnose(code, data, options), options)
}

export function isProblem(error: unknown, code?: Code): error is Problem {
  return error instanceof Problem && (code === undefined || error.code === code)
}
