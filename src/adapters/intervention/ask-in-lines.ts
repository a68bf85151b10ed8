/** Asks on a terminal that shows plain lines: one question at a time, answered by a line. */
import { createInterface } from 'node:readline/promises'
import { type Readable, Writable } from 'node:stream'
import { unlessAborted } from '../../base/unless-aborted.ts'
import type { Choice, Intervention, Question } from '../../ports/intervention.ts'
import { choiceOf, questionLines } from './question-text.ts'

export interface LineOptions {
  readonly input: Readable
  readonly output: { write(text: string): Promise<void> | void }
  readonly interrupt: () => void
}

export function askInLines(o: LineOptions): Intervention {
  let last: Promise<void> = Promise.resolve()
  let waiting = 0
  return {
    async ask(question, { signal }) {
      const turn = last
      const over = Promise.withResolvers<void>()
      last = turn.then(() => over.promise)
      waiting += 1
      try {
        // Who waits for a turn has a time limit too.
        await unlessAborted(turn, signal).finally(() => {
          waiting -= 1
        })
        return await askOne(question, waiting, signal, o)
      } finally {
        over.resolve()
      }
    },
  }
}

async function askOne(question: Question, waiting: number, signal: AbortSignal, o: LineOptions): Promise<Choice> {
  const lines = createInterface({ input: o.input, output: writable(o), terminal: true })
  lines.on('SIGINT', o.interrupt)
  try {
    const text = `${questionLines(question, question.timeoutMs, waiting).join('\n')}\n  letter or number, then Enter > `
    for (;;) {
      const choice = choiceOf(await lines.question(text, { signal }))
      if (choice !== undefined) return choice
    }
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    lines.close()
  }
}

function writable({ output }: LineOptions): Writable {
  return new Writable({
    decodeStrings: false,
    write(text: string, _encoding, done) {
      void Promise.resolve(output.write(text)).then(() => done())
    },
  })
}
