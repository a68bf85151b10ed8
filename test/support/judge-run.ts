/** What a finished test run amounts to: counts, skips with reasons, broken promises. Pure, so that it has tests of its own. */
import type { Promised } from './skip.ts'

export interface TestReport {
  readonly name: string
  readonly state: 'passed' | 'failed' | 'skipped' | 'pending'
  readonly because?: string
}

export interface SuiteReport {
  readonly name: string
  readonly tests: readonly TestReport[]
  readonly suites: readonly SuiteReport[]
  readonly because?: string
  readonly promise?: { readonly where: Promised; readonly id: number }
  /** Errors outside tests: a file that does not load, a hook that throws. */
  readonly errors: number
}

export interface RunReport {
  readonly suites: readonly SuiteReport[]
  readonly unhandled: number
  /** True when only tests of some name were asked for: the others are left out, not skipped. */
  readonly filtered: boolean
}

export interface Verdict {
  readonly lines: readonly string[]
  readonly failed: number
}

interface Flat {
  readonly path: string
  readonly state: TestReport['state']
  readonly because: string | undefined
}

export function judgeRun(run: RunReport, o: { readonly ci: boolean }): Verdict {
  const tests = run.suites.flatMap((suite) => flatten(suite, '', undefined)).filter((test) => !(run.filtered && isLeftOut(test)))
  const passed = tests.filter((test) => test.state === 'passed').length
  const skips = tests.filter((test) => test.state === 'skipped')
  const silent = skips.filter((test) => test.because === undefined).map((test) => `NO REASON FOR THE SKIP: ${test.path}`)
  const broken = run.filtered ? [] : run.suites.flatMap((suite) => promises(suite, '')).filter((promise) => promise.ran === 0)
  const fatal = broken.filter((promise) => promise.where === 'everywhere' || o.ci)
  const errors = run.unhandled + run.suites.reduce((sum, suite) => sum + suite.errors, 0)
  const none = passed + skips.length + errors === 0 && tests.length === 0 ? ['NO TESTS RAN'] : []
  const failed = tests.filter((test) => test.state === 'failed' || test.state === 'pending').length + errors + silent.length + fatal.length + none.length
  return {
    lines: [
      ...skipLines(skips),
      ...silent,
      ...broken.map((promise) => promiseLine(promise, fatal.includes(promise))),
      ...none,
      counts(passed, failed, skips.length),
    ],
    failed,
  }
}

export function counts(passed: number, failed: number, skipped: number): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

function isLeftOut(test: Flat): boolean {
  return test.state === 'skipped' && test.because === undefined
}

function flatten(suite: SuiteReport, lead: string, inherited: string | undefined): readonly Flat[] {
  const path = lead === '' ? suite.name : `${lead} > ${suite.name}`
  const because = suite.because ?? inherited
  const own = suite.tests.map((test) => ({ path: `${path} > ${test.name}`, state: test.state, because: test.because ?? because }))
  return [...own, ...suite.suites.flatMap((child) => flatten(child, path, because))]
}

/** One line per reason: a whole suite skipped for one reason is said once, with the number of its tests. */
function skipLines(skips: readonly Flat[]): readonly string[] {
  const groups = new Map<string, Flat[]>()
  for (const skip of skips) {
    if (skip.because === undefined) continue
    const key = `${skip.path.split(' > ')[0]}\n${skip.because}`
    groups.set(key, [...(groups.get(key) ?? []), skip])
  }
  return [...groups.values()].map((group) => {
    const [first] = group
    const what = group.length === 1 ? first?.path : `${first?.path.split(' > ')[0]} (${group.length} tests)`
    return `SKIPPED ${what}: ${first?.because}`
  })
}

interface Kept {
  readonly path: string
  readonly where: Promised
  readonly ran: number
}

/** vitest hands a suite's meta data down: a promise with the id of the parent's is the parent's. */
function promises(suite: SuiteReport, lead: string, inherited = 0): readonly Kept[] {
  const path = lead === '' ? suite.name : `${lead} > ${suite.name}`
  const ran = flatten(suite, '', undefined).filter((test) => test.state !== 'skipped').length
  const own = suite.promise === undefined || suite.promise.id === inherited ? [] : [{ path, where: suite.promise.where, ran }]
  return [...own, ...suite.suites.flatMap((child) => promises(child, path, suite.promise?.id))]
}

function promiseLine(promise: Kept, fatal: boolean): string {
  return `${fatal ? 'BROKEN PROMISE' : 'NOT PROMISED HERE'}: ${promise.path} skipped everything (it promises to run ${promise.where === 'ci' ? 'in CI' : 'everywhere'})`
}
