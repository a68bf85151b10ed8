/** This program as the run in the pod of a runner: told what to do by the first process there, and telling it all that happens. */
import type { FromRun, ToRun } from '../adapters/cluster-runner/messages.ts'
import { Problem } from '../base/problem.ts'
import { printFailure } from '../cli/failures.ts'
import type { SentOrder } from '../cli/k8s/order.ts'
import { type RunLine, sentRun } from '../cli/k8s/sent-run.ts'
import type { Writer } from '../cli/world.ts'
import type { RunnerAnswer } from '../ports/cluster-runner.ts'
import { composeWorld } from './compose-world.ts'
import type { Interrupts } from './interrupts.ts'

interface Asked {
  readonly resolve: (answer: RunnerAnswer) => void
  readonly reject: (error: unknown) => void
}

export async function runSentRun(interrupted: Interrupts): Promise<void> {
  const asked = new Map<number, Asked>()
  const order = Promise.withResolvers<{ readonly order: SentOrder; readonly room: string }>()
  let ids = 0
  const send = (message: FromRun): Promise<void> => new Promise((resolve) => void (process.send?.(message, undefined, undefined, () => resolve()) ?? resolve()))
  process.on('message', (given) => {
    const message = given as ToRun
    if (message.kind === 'order') return order.resolve({ order: message.order as SentOrder, room: message.room })
    const one = asked.get(message.id)
    asked.delete(message.id)
    if ('answer' in message.answered) return one?.resolve(message.answered.answer)
    const { diagnostic, words } = message.answered.failure
    one?.reject(diagnostic === undefined ? new Error(words) : new Problem(diagnostic as Problem['diagnostic']))
  })
  // Without the first process nobody hears anything any more.
  process.once('disconnect', () => interrupted.interrupt())
  const line: RunLine = {
    tell: (recorded) => send({ kind: 'said', what: { kind: 'event', recorded } }),
    ask(ask, { signal }) {
      const id = ++ids
      return new Promise((resolve, reject) => {
        const withdraw = (): void => {
          asked.delete(id)
          void send({ kind: 'withdrawn', id })
          reject(signal.reason)
        }
        if (signal.aborted) return reject(signal.reason)
        signal.addEventListener('abort', withdraw, { once: true })
        const settled =
          <T>(act: (value: T) => void) =>
          (value: T): void => {
            signal.removeEventListener('abort', withdraw)
            act(value)
          }
        asked.set(id, { resolve: settled(resolve), reject: settled(reject) })
        void send({ kind: 'ask', id, ask })
      })
    },
  }
  const writer = (stream: 'out' | 'err'): Writer => ({
    write: (text) => send({ kind: 'said', what: { kind: 'text', stream, text: typeof text === 'string' ? text : Buffer.from(text).toString('utf8') } }),
    columns: undefined,
    rows: undefined,
    colour: false,
  })
  const world = { ...composeWorld(interrupted.signal, interrupted), stdout: writer('out'), stderr: writer('err') }
  world.orderly()
  await send({ kind: 'ready' })
  const given = await order.promise
  process.exitCode = await sentRun(given.order, given.room, line, world).catch((error: unknown) => printFailure(error, world))
  process.removeAllListeners('disconnect')
  process.disconnect?.()
}
