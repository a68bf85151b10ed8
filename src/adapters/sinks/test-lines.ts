/** Test results in words: one line for all, and one for each of the first failures. */
import { humanDuration, plural } from '../../base/human.ts'
import type { FailedTest, TestResults } from '../../events/test-results.ts'
import { printable } from '../../text/terminal-text.ts'
import type { Painter } from './paint.ts'

const named = 10
const widest = 200

export function testsLine({ totals, files }: TestResults): string {
  const counts = (['passed', 'failed', 'errored', 'skipped'] as const).flatMap((outcome) => (totals[outcome] === 0 ? [] : [`${totals[outcome]} ${outcome}`]))
  const word = counts.length === 0 ? '' : `: ${counts.join(', ')}`
  return `${plural(totals.tests, 'test')}${word} in ${humanDuration(totals.ms)} (${plural(files, 'report')})`
}

export function failedTestLines({ failures, more }: TestResults, paint: Painter): readonly string[] {
  const rest = more + Math.max(0, failures.length - named)
  return [
    ...failures.slice(0, named).flatMap((test) => testLines(test, paint)),
    ...(rest > 0 ? [paint('dim', `… and ${plural(rest, 'more test')} that failed; all are in: slipway runs show --json`)] : []),
  ]
}

function testLines({ suite, name, at, message, outcome }: FailedTest, paint: Painter): readonly string[] {
  const place = at === undefined ? '' : `  ${paint('dim', oneLine(at.line === undefined ? at.file : `${at.file}:${at.line}`))}`
  const title = [suite, name].filter((word) => word !== '').join(' › ')
  return [
    `${paint('error', '✖')} ${oneLine(title)}${outcome === 'errored' ? ' (errored)' : ''}${place}`,
    ...(message.trim() === '' ? [] : [`  ${oneLine(message)}`]),
  ]
}

/** What tests print may be anything: one line of it, and no codes for the terminal. */
function oneLine(text: string): string {
  const [first = ''] = text.trimStart().split(/\r?\n/)
  const line = printable(first, { colours: false })
  return line.length > widest ? `${line.slice(0, widest)}…` : line
}
