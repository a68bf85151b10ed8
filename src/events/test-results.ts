/** What the test reports of a step came to. Texts are cut before they get here, so that an event stays small. */
export interface TestTotals {
  readonly tests: number
  readonly passed: number
  readonly failed: number
  /** Broke before they could tell. */
  readonly errored: number
  readonly skipped: number
  readonly ms: number
}

export interface FailedTest {
  readonly outcome: 'failed' | 'errored'
  readonly suite: string
  readonly name: string
  readonly message: string
  /** What the test said at length, such as a stack. */
  readonly details: string
  readonly at?: { readonly file: string; readonly line?: number }
}

export interface TestResults {
  readonly files: number
  readonly totals: TestTotals
  /** The first ones, in the order of the reports. */
  readonly failures: readonly FailedTest[]
  /** How many failures are left out of them. */
  readonly more: number
}

export const noTests: TestTotals = { tests: 0, passed: 0, failed: 0, errored: 0, skipped: 0, ms: 0 }

export function addTotals(a: TestTotals, b: TestTotals): TestTotals {
  return {
    tests: a.tests + b.tests,
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    errored: a.errored + b.errored,
    skipped: a.skipped + b.skipped,
    ms: a.ms + b.ms,
  }
}
