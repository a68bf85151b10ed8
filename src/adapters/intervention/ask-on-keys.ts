/** Asks by keys, one question after another: what is asked and typed is a panel of lines for whoever draws the screen. */
import type { Clock, Instant } from '../../base/clock.ts'
import type { Choice, Intervention, Question } from '../../ports/intervention.ts'
import type { Keyboard } from './keyboard.ts'
import { choiceOf, questionLines } from './question-text.ts'

export interface Panel {
  /** No lines when nothing is asked. */
  lines(): readonly string[]
}

interface Open {
  readonly question: Question
  readonly until: Instant
  readonly answer: (choice: Choice) => void
}

const [backspace, erase] = ['\b', '\u007f']

export function askOnKeys({ clock, keys }: { readonly clock: Clock; readonly keys: Keyboard }): Intervention & Panel {
  let open: readonly Open[] = []
  let typed = ''
  let hint = ''
  let silence: (() => void) | undefined

  const onKey = (key: string): void => {
    if (key === '\r' || key === '\n') enter()
    else if (key === backspace || key === erase) typed = typed.slice(0, -1)
    else if (/^[\w-]$/.test(key)) [typed, hint] = [typed + key, '']
  }
  const enter = (): void => {
    const choice = choiceOf(typed)
    const [first] = open
    hint = choice === undefined ? `  "${typed}" is no answer` : ''
    typed = ''
    if (choice !== undefined) first?.answer(choice)
  }
  const change = (next: readonly Open[]): void => {
    // What was typed for one question does not answer the next.
    if (next[0] !== open[0]) [typed, hint] = ['', '']
    open = next
    if (open.length > 0) silence ??= keys.listen(onKey)
    else {
      silence?.()
      silence = undefined
    }
  }
  return {
    ask: (question, { signal }) =>
      new Promise<Choice>((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason as Error)
        const leave = (): void => {
          signal.removeEventListener('abort', onAbort)
          change(open.filter((other) => other !== own))
        }
        const onAbort = (): void => {
          leave()
          reject(signal.reason as Error)
        }
        const own: Open = {
          question,
          until: clock.now() + question.timeoutMs,
          answer(choice) {
            leave()
            resolve(choice)
          },
        }
        signal.addEventListener('abort', onAbort, { once: true })
        change([...open, own])
      }),
    lines() {
      const [first] = open
      if (first === undefined) return []
      return [...questionLines(first.question, first.until - clock.now(), open.length - 1), `  letter or number, then Enter > ${typed}_${hint}`]
    },
  }
}
