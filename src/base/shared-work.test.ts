import { describe, expect, it } from 'vitest'
import { sharedWork } from './shared-work.ts'

function counted() {
  const signals: AbortSignal[] = []
  const gates: ReturnType<typeof Promise.withResolvers<string>>[] = []
  const ask = sharedWork(({ signal }) => {
    signals.push(signal)
    const gate = Promise.withResolvers<string>()
    signal.addEventListener('abort', () => gate.reject(signal.reason))
    gates.push(gate)
    return gate.promise
  })
  return { ask, signals, gates }
}

describe('work that several share', () => {
  it('is done once, and goes on when one of them leaves', async () => {
    const { ask, signals, gates } = counted()
    const leaving = new AbortController()
    const first = ask({ signal: leaving.signal })
    const second = ask({ signal: new AbortController().signal })
    leaving.abort(new Error('first had enough'))
    await expect(first).rejects.toThrow('first had enough')
    gates[0]?.resolve('done')
    expect(await second).toBe('done')
    expect([signals.length, signals[0]?.aborted]).toEqual([1, false])
  })

  it('is stopped when all have left, and begun anew for the next', async () => {
    const { ask, signals, gates } = counted()
    const [one, two] = [new AbortController(), new AbortController()]
    const answers = [ask(one), ask(two)]
    one.abort(new Error('one'))
    two.abort(new Error('two'))
    expect((await Promise.allSettled(answers)).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(signals[0]?.aborted).toBe(true)
    const next = ask({ signal: new AbortController().signal })
    gates[1]?.resolve('again')
    expect(await next).toBe('again')
  })
})
