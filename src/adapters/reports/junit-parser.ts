/**
 * JUnit's XML, event by event. Entities of a document's own are refused, and depth, attributes and texts have limits, so that a report can be as
 * large or as hostile as it likes: what is kept of it is small.
 */
import sax from 'sax'
import { type FailedTest, noTests, type TestTotals } from '../../events/test-results.ts'
import { testPlace } from './test-place.ts'

export interface JunitFile {
  readonly totals: TestTotals
  readonly failures: readonly FailedTest[]
  /** Why and where it was given up; what was read before counts. */
  readonly broken?: { readonly reason: string; readonly line: number; readonly column: number }
}

export interface JunitParser {
  /** False: nothing more is wanted. */
  push(text: string): boolean
  end(): JunitFile
}

export interface JunitLimits {
  /** Failures to keep; all are counted. */
  readonly failures: number
  /** Characters of a text to keep. */
  readonly text: number
}

const deepest = 64
const mostAttributes = 256

interface OpenCase {
  readonly attributes: Readonly<Record<string, string>>
  readonly suite: string
  outcome: 'passed' | 'failed' | 'errored' | 'skipped'
  message: string
  details: string
}

const options: sax.SAXOptions & { readonly strictEntities: true } = { strictEntities: true, trim: false }
const problems = { failure: 'failed', error: 'errored' } as const

export function junitParser(limits: JunitLimits): JunitParser {
  // Longer than any text that is kept; the parser hands longer ones over in pieces, and refuses longer names and values.
  Object.assign(sax, { MAX_BUFFER_LENGTH: 1024 * 1024 })
  const parser = sax.parser(true, options)
  const suites: string[] = []
  const failures: FailedTest[] = []
  let totals = noTests
  let depth = 0
  let attributes = 0
  let test: OpenCase | undefined
  let within: 'failure' | 'error' | undefined
  let sawSuite = false
  let loose = false
  let broken: JunitFile['broken']

  const giveUp = (reason: string): never => {
    broken ??= { reason, line: parser.line + 1, column: parser.column + 1 }
    throw new Error(reason)
  }
  const finish = (one: OpenCase): void => {
    const ms = milliseconds(one.attributes['time'])
    totals = { ...totals, tests: totals.tests + 1, [one.outcome]: totals[one.outcome] + 1, ms: totals.ms + ms }
    if ((one.outcome !== 'failed' && one.outcome !== 'errored') || failures.length >= limits.failures) return
    const { name = '', classname } = one.attributes
    const at = testPlace(one.attributes, one.details)
    failures.push({ outcome: one.outcome, suite: classname ?? one.suite, name, message: one.message, details: one.details, ...(at !== undefined && { at }) })
  }
  const openCase = (given: OpenCase['attributes']): OpenCase => {
    const skipped = given['status'] === 'notrun' || given['result'] === 'skipped'
    return { attributes: given, suite: suites.at(-1) ?? '', outcome: skipped ? 'skipped' : 'passed', message: '', details: '' }
  }
  const onProblem = (tag: keyof typeof problems, given: OpenCase['attributes']): void => {
    // A suite may fail outside of its tests: that counts as a test of its own.
    loose = test === undefined
    const one = test ?? openCase({ name: suites.at(-1) ?? '' })
    if (one.outcome !== 'failed' && one.outcome !== 'errored') {
      one.outcome = problems[tag]
      one.message = (given['message'] ?? given['type'] ?? '').slice(0, limits.text)
      within = tag
    }
    test = one
  }
  parser.onattribute = () => {
    attributes += 1
    if (attributes > mostAttributes) giveUp('an element has too many attributes')
  }
  parser.onopentag = ({ name, attributes: given }) => {
    attributes = 0
    depth += 1
    if (depth > deepest) giveUp('elements are nested too deeply')
    const own = given as OpenCase['attributes']
    if (depth === 1 && name !== 'testsuites' && name !== 'testsuite') giveUp(`the document is <${name}>, not <testsuites> or <testsuite>`)
    sawSuite = true
    if (name === 'testsuite') suites.push((own['name'] ?? '').slice(0, limits.text))
    else if (name === 'testcase') test = openCase(own)
    else if (name === 'failure' || name === 'error') onProblem(name, own)
    else if (name === 'skipped' && test?.outcome === 'passed') test.outcome = 'skipped'
  }
  const onText = (text: string): void => {
    if (within === undefined || test === undefined || test.details.length >= limits.text) return
    test.details += text.slice(0, limits.text - test.details.length)
  }
  parser.ontext = onText
  parser.oncdata = onText
  parser.onclosetag = (name) => {
    depth -= 1
    if (name === within) within = undefined
    if (test !== undefined && (name === 'testcase' || (loose && within === undefined))) {
      finish(test)
      test = undefined
      loose = false
    }
    if (name === 'testsuite') suites.pop()
  }
  parser.onerror = (error) => giveUp((error.message.split('\n')[0] ?? '').replace(/\.$/, ''))
  const guarded = (act: () => void): void => {
    if (broken !== undefined) return
    try {
      act()
    } catch (error) {
      broken ??= { reason: error instanceof Error ? error.message : String(error), line: parser.line + 1, column: parser.column + 1 }
    }
  }
  return {
    push(text) {
      guarded(() => parser.write(text))
      return broken === undefined
    },
    end() {
      guarded(() => parser.close())
      if (!sawSuite) broken ??= { reason: 'it is empty', line: 1, column: 1 }
      return { totals, failures, ...(broken !== undefined && { broken }) }
    },
  }
}

/** Seconds, perhaps with commas between thousands. */
function milliseconds(text: string | undefined): number {
  const seconds = Number((text ?? '').replaceAll(',', ''))
  return Number.isFinite(seconds) && seconds > 0 ? Math.round(seconds * 1000) : 0
}
