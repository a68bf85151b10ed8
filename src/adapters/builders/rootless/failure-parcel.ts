/** A thrown error on its way between processes. */
import type { Diagnostic } from '../../../base/diagnostic.ts'
import { isProblem, Problem } from '../../../base/problem.ts'

export type FailureParcel =
  | { readonly kind: 'problem'; readonly diagnostic: Diagnostic; readonly others: readonly Diagnostic[]; readonly retryable: boolean }
  /** A defect of this program. */
  | { readonly kind: 'defect'; readonly message: string; readonly stack: string | undefined }

export function packFailure(error: unknown): FailureParcel {
  if (isProblem(error)) return { kind: 'problem', diagnostic: error.diagnostic, others: error.others, retryable: error.retryable }
  if (error instanceof Error) return { kind: 'defect', message: error.message, stack: error.stack }
  return { kind: 'defect', message: String(error), stack: undefined }
}

export function unpackFailure(parcel: FailureParcel): Error {
  if (parcel.kind === 'problem') return new Problem(parcel.diagnostic, parcel)
  const error = new Error(parcel.message)
  if (parcel.stack !== undefined) error.stack = parcel.stack
  return error
}
