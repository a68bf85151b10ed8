/** The TCP ports of a fake stage: a step listens from a while after its start until its end. */
import type { Clock } from '../../../base/clock.ts'
import type { RunningStep } from '../../../ports/infrastructure.ts'
import type { Manner } from './manner.ts'

export interface FakePorts {
  listen(o: Manner['listens'], end: RunningStep['end']): void
  answers(port: number): boolean
}

export function fakePorts(clock: Clock): FakePorts {
  const listening = new Set<{ readonly port: number; readonly from: number }>()
  return {
    listen(o, end) {
      if (o === undefined) return
      const one = { port: o.port, from: clock.now() + o.afterMs }
      const leave = (): void => void listening.delete(one)
      listening.add(one)
      end.then(leave, leave)
    },
    answers: (port) => [...listening].some((one) => one.port === port && one.from <= clock.now()),
  }
}
