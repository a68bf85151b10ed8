/** The last reporter of every run: prints each skip with its reason, fails broken promises, ends with `N passed, N failed`. */
import type { Reporter, TestCase, TestModule, TestSuite, Vitest } from 'vitest/node'
import './skip.ts'
import { judgeRun, type RunReport, type SuiteReport, type TestReport } from './judge-run.ts'

export class PromiseReporter implements Reporter {
  #vitest: Vitest | undefined
  readonly #files: boolean

  /** `files`: says which file begins and how long it took, so that a run that is cut off tells where it was. */
  constructor({ files = false }: { readonly files?: boolean } = {}) {
    this.#files = files
  }

  onInit(vitest: Vitest): void {
    this.#vitest = vitest
  }

  onTestModuleQueued(module: TestModule): void {
    if (this.#files) process.stdout.write(`begins ${module.relativeModuleId}\n`)
  }

  onTestModuleEnd(module: TestModule): void {
    const { collectDuration, setupDuration, duration } = module.diagnostic()
    const seconds = ((collectDuration + setupDuration + duration) / 1000).toFixed(1)
    if (this.#files) process.stdout.write(`ended ${module.relativeModuleId} after ${seconds} s\n`)
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const report = { suites: modules.map(moduleReport), unhandled: unhandled.length, filtered: this.#vitest?.config.testNamePattern !== undefined }
    const verdict = judgeRun(report satisfies RunReport, { ci: isSet(process.env['CI']) })
    process.stdout.write(`\n${verdict.lines.join('\n')}\n`)
    if (verdict.failed > 0 && !process.exitCode) process.exitCode = 1
  }
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && !['', '0', 'false'].includes(value)
}

function moduleReport(module: TestModule): SuiteReport {
  return { ...suiteReport(module, module.relativeModuleId), errors: module.errors().length + errorsBelow(module) }
}

function errorsBelow(suite: TestModule | TestSuite): number {
  return [...suite.children.suites()].reduce((sum, child) => sum + child.errors().length + errorsBelow(child), 0)
}

function suiteReport(suite: TestModule | TestSuite, name: string): SuiteReport {
  const { promise, because } = suite.meta()
  return {
    name,
    errors: 0,
    tests: [...suite.children.tests()].map(testReport),
    suites: [...suite.children.suites()].map((child) => suiteReport(child, child.name)),
    ...(because !== undefined && { because }),
    ...(promise !== undefined && { promise }),
  }
}

function testReport(test: TestCase): TestReport {
  const result = test.result()
  const because = result.state === 'skipped' ? (result.note ?? test.meta().because) : undefined
  return { name: test.name, state: result.state, ...(because !== undefined && { because }) }
}
