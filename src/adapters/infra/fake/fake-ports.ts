/** The TCP ports of a fake stage: a step listens from a while after its start until its end. */
import type { Clock } from '../../../base/clock.ts'
import type { RunningStep } from '../../../ports/infrastructure.ts'

export interface FakePorts {
  listen(port: number, afterMs: number, end: RunningStep['end']): void
  answers(port: number): boolean
}

export function fakePorts(clock: Clock): FakePorts {
  const listening = new Set<{ readonly port: number; readonly from: number }>()
  return {
    listen(port, afterMs, end) {
      const one = { port, from: clock.now() + afterMs }
      const leave = (): void => void listening.delete(one)
      listening.add(one)
      end.then(leave, leave)
    },
    answers: (port) => [...listening].some((one) => one.port === port && one.from <= clock.now()),
  }
}
