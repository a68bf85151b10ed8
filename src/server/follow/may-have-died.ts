/** Asks, not too often, whether the processes of runs still live. */
import type { Clock } from '../../base/clock.ts'
import type { Answers } from '../../ports/answers.ts'
import type { History } from '../../ports/history.ts'

const everyMs = 1500
const asked = new WeakMap<History, number>()

export async function mayHaveDied({ history, answers, clock }: { readonly history: History; readonly answers: Answers; readonly clock: Clock }): Promise<void> {
  const now = clock.now()
  if (now - (asked.get(history) ?? 0) < everyMs) return
  asked.set(history, now)
  // A disk that is full or read-only keeps nobody from looking.
  for (const { run } of await history.recover().catch(() => [])) await answers.forget(run)
}
