import { describe, expect, it } from 'vitest'
import { judgeRun, type SuiteReport, type TestReport } from './judge-run.ts'

const passed: TestReport = { name: 'works', state: 'passed' }
const failed: TestReport = { name: 'breaks', state: 'failed' }
const skipped: TestReport = { name: 'waits', state: 'skipped', because: 'no skopeo' }

function suite(tests: readonly TestReport[], more: Partial<SuiteReport> = {}): SuiteReport {
  return { name: 'suite', tests, suites: [], errors: 0, ...more }
}

function judge(suites: readonly SuiteReport[], o: { ci?: boolean; filtered?: boolean; unhandled?: number } = {}) {
  return judgeRun({ suites, unhandled: o.unhandled ?? 0, filtered: o.filtered ?? false }, { ci: o.ci ?? false })
}

describe('the verdict on a run', () => {
  it('ends with the counts, skips only when there are any', () => {
    expect(judge([suite([passed, failed])]).lines).toEqual(['1 passed, 1 failed'])
    expect(judge([suite([passed, skipped])]).lines).toEqual(['SKIPPED suite > waits: no skopeo', '1 passed, 0 failed, 1 skipped'])
  })

  it('says a reason that a whole file shares once', () => {
    const inner = suite(
      [
        { name: 'one', state: 'skipped' },
        { name: 'two', state: 'skipped' },
      ],
      { name: 'inner', because: 'no docker' },
    )
    expect(judge([suite([passed], { suites: [inner] })]).lines[0]).toBe('SKIPPED suite (2 tests): no docker')
  })

  it('fails a skip without a reason', () => {
    const verdict = judge([suite([passed, { name: 'quiet', state: 'skipped' }])])
    expect(verdict.lines).toEqual(['NO REASON FOR THE SKIP: suite > quiet', '1 passed, 1 failed, 1 skipped'])
  })

  it('fails when a suite skipped everything it promised', () => {
    const verdict = judge([suite([passed]), suite([skipped], { name: 'real', promise: { where: 'everywhere', id: 1 } })])
    expect(verdict.failed).toBe(1)
    expect(verdict.lines).toContain('BROKEN PROMISE: real skipped everything (it promises to run everywhere)')
  })

  it('holds a promise for CI only against CI', () => {
    const suites = [
      suite([passed]),
      suite([], { name: 'real', promise: { where: 'ci', id: 1 }, suites: [suite([skipped], { promise: { where: 'ci', id: 1 } })] }),
    ]
    expect(judge(suites).failed).toBe(0)
    expect(judge(suites).lines).toContain('NOT PROMISED HERE: real skipped everything (it promises to run in CI)')
    expect(judge(suites, { ci: true }).failed).toBe(1)
  })

  it('takes a suite with one test that ran as kept', () => {
    expect(judge([suite([passed, skipped], { promise: { where: 'everywhere', id: 1 } })]).failed).toBe(0)
  })

  it('counts files that do not load and errors outside tests as failures', () => {
    expect(judge([suite([], { errors: 1 })]).lines).toEqual(['0 passed, 1 failed'])
    expect(judge([suite([passed])], { unhandled: 2 }).lines).toEqual(['1 passed, 2 failed'])
  })

  it('fails when nothing ran', () => {
    expect(judge([])).toEqual({ lines: ['NO TESTS RAN', '0 passed, 1 failed'], failed: 1 })
  })

  it('leaves out what a name filter left out', () => {
    const verdict = judge([suite([passed, { name: 'other', state: 'skipped' }], { promise: { where: 'everywhere', id: 1 } })], { filtered: true })
    expect(verdict).toEqual({ lines: ['1 passed, 0 failed'], failed: 0 })
  })
})
