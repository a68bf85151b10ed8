/** Asks wherever somebody may answer: at this terminal, and by `slipway runs answer` from any other. The first answer holds. */
import type { RunId } from '../../events/run-event.ts'
import type { Answers } from '../../ports/answers.ts'
import type { Intervention } from '../../ports/intervention.ts'

export function askEverywhere(run: RunId, answers: Answers, here: Intervention | undefined): Intervention {
  return {
    async ask(question, { signal }) {
      const over = new AbortController()
      const either = { signal: AbortSignal.any([signal, over.signal]) }
      const asked = [answers.wait(run, question.step, either), ...(here === undefined ? [] : [here.ask(question, either)])]
      try {
        return await Promise.any(asked)
      } catch (error) {
        signal.throwIfAborted()
        throw error instanceof AggregateError ? error.errors[0] : error
      } finally {
        over.abort(new Error('it is answered'))
        await Promise.allSettled(asked)
      }
    },
  }
}
