/** What a person is asked about a step that failed, and what the answers are. Pure. */
import { humanDuration } from '../../base/human.ts'
import { showSpan } from '../../base/span.ts'
import { type Choice, choices, type Question } from '../../ports/intervention.ts'
import { printable } from '../../text/terminal-text.ts'

const answers: Readonly<Record<Choice, { readonly letter: string; readonly words: string }>> = {
  retry: { letter: 'r', words: 'retry' },
  ignore: { letter: 'i', words: 'ignore' },
  'mark-success': { letter: 's', words: 'mark as success' },
  'mark-failure': { letter: 'f', words: 'mark as failure' },
  abort: { letter: 'a', words: 'abort' },
}

/** By letter, by number, or by its name. */
export function choiceOf(text: string): Choice | undefined {
  const given = text.trim().toLowerCase()
  return choices.find((choice, i) => given === answers[choice].letter || given === String(i + 1) || given === choice)
}

export function questionLines(question: Question, left: number, waiting: number): readonly string[] {
  const { problem } = question
  const more = waiting === 0 ? '' : `  (${waiting} more after it)`
  const place = problem?.at === undefined ? '' : `${showSpan(problem.at)}: `
  return [
    `? ${question.step} failed${problem === undefined ? '' : `: ${place}${printable(problem.message, { colours: false })}`}${more}`,
    `  ${choices.map((choice, i) => `${i + 1} ${letterOf(choice)}`).join('  ')}`,
    `  ${humanDuration(left)} left, then: ${question.otherwise}`,
  ]
}

/** `[r]etry`, `mark as [s]uccess`. */
function letterOf(choice: Choice): string {
  const { letter, words } = answers[choice]
  const at = words.lastIndexOf(` ${letter}`) + 1
  return `${words.slice(0, at)}[${letter}]${words.slice(at + 1)}`
}
