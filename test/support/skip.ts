/** Skips that say why, and suites that promise to run: options for `it` and `describe`, read by the promise reporter. */
import type { TestOptions } from 'vitest'

declare module 'vitest' {
  interface TaskMeta {
    /** Why the test is skipped. A skip without it fails the run. */
    because?: string
    /** Where the suite promises that at least one of its tests runs. Suites inside inherit the value, the id tells them apart. */
    promise?: { readonly where: Promised; readonly id: number }
  }
}

/** `everywhere`: a run in which the suite skipped everything fails. `ci`: only where the variable CI is set. */
export type Promised = 'everywhere' | 'ci'

/** `it('pushes', needs(skopeo.found, skopeo.reason), ...)`: skipped with the reason unless the condition holds. */
export function needs(condition: boolean, reason: string): TestOptions {
  return condition ? {} : { skip: true, meta: { because: reason } }
}

let promises = 0

/** `describe('push', promised('ci', needs(...)), ...)`: the suite has to run at least one test where it promised. */
export function promised(where: Promised, options: TestOptions = {}): TestOptions {
  return { ...options, meta: { ...options.meta, promise: { where, id: ++promises } } }
}
