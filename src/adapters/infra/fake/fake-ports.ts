/** The TCP ports of a fake stage: a step listens where FAKE_LISTEN says, from FAKE_LISTEN_AFTER milliseconds after its start until its end. */
import type { Clock } from '../../../base/clock.ts'

export interface FakePorts {
  listen(env: ReadonlyMap<string, string>, end: Promise<unknown>): void
  answers(port: number): boolean
}

export function fakePorts(clock: Clock): FakePorts {
  const listening = new Set<{ readonly port: number; readonly from: number }>()
  return {
    listen(env, end) {
      const port = env.get('FAKE_LISTEN')
      if (port === undefined) return
      const one = { port: Number(port), from: clock.now() + Number(env.get('FAKE_LISTEN_AFTER') ?? 0) }
      listening.add(one)
      void end.then(() => listening.delete(one))
    },
    answers: (port) => [...listening].some((one) => one.port === port && one.from <= clock.now()),
  }
}
