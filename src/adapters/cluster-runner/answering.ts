/** Questions of a run in a pod: each is answered once, however often a new line asks it. */
import { isProblem } from '../../base/problem.ts'
import type { AnswerRunner, RunnerAsk } from '../../ports/cluster-runner.ts'
import type { Answered } from './messages.ts'

export interface Answering {
  take(id: number, ask: RunnerAsk): void
  /** Nobody waits for it any more. */
  withdraw(id: number): void
}

export function answering(answer: AnswerRunner, send: (id: number, answered: Answered) => void, over: AbortSignal): Answering {
  const known = new Map<number, { readonly answered: Promise<Answered>; readonly stop: AbortController }>()
  const begin = (ask: RunnerAsk) => {
    const stop = new AbortController()
    const answered = answer(ask, { signal: AbortSignal.any([over, stop.signal]) }).then(
      (given): Answered => ({ answer: given }),
      (error: unknown): Answered => ({
        failure: { words: error instanceof Error ? error.message : String(error), ...(isProblem(error) && { diagnostic: error.diagnostic }) },
      }),
    )
    return { answered, stop }
  }
  return {
    take(id, ask) {
      const one = known.get(id) ?? begin(ask)
      known.set(id, one)
      void one.answered.then((answered) => {
        if (!one.stop.signal.aborted && !over.aborted) send(id, answered)
      })
    },
    withdraw(id) {
      known.get(id)?.stop.abort(new Error('nobody asks any more'))
      known.delete(id)
    },
  }
}
