/** What every Intervention promises, as tests. */
import { expect } from 'vitest'
import { type ContractOptions, describeContract } from '../../test/support/contract.ts'
import { diagnose } from '../base/diagnostic.ts'
import { choices, type Intervention, type Question } from './intervention.ts'

export interface InterventionUnderTest {
  readonly intervention: Intervention
  /** The person types this and Enter. */
  readonly answer: (text: string) => void
  /** The person's input ends. */
  readonly hangUp: () => void
  /** The step whose question the person sees, after those already answered; empty when there is none. */
  readonly asked: () => string
  readonly listening: () => boolean
}

const never = new AbortController().signal
const failure = diagnose('STEP_EXIT_CODE', { exit: 2 })

function question(step: string): Question {
  return { step, problem: failure, timeoutMs: 60_000, otherwise: 'abort' }
}

export function interventionContract(make: () => InterventionUnderTest, o: ContractOptions = {}): void {
  describeContract('Intervention', o, (promise) => {
    promise('gives the choice of the person, each of them', async () => {
      const { intervention, answer, asked } = make()
      for (const choice of choices) {
        const chosen = intervention.ask(question(`s/${choice}`), { signal: never })
        await expect.poll(asked).toBe(`s/${choice}`)
        answer(choice)
        expect(await chosen).toBe(choice)
      }
    })

    promise('lets a question stand until there is an answer', async () => {
      const { intervention, answer, asked } = make()
      let open = true
      const chosen = intervention.ask(question('s/a'), { signal: never }).finally(() => {
        open = false
      })
      await expect.poll(asked).toBe('s/a')
      for (const nonsense of ['', 'maybe', '9']) {
        answer(nonsense)
        await turns()
        expect([asked(), open]).toEqual(['s/a', true])
      }
      answer('ignore')
      expect(await chosen).toBe('ignore')
    })

    promise('asks one question at a time, in order', async () => {
      const { intervention, answer, asked } = make()
      const steps = ['s/a', 's/b', 's/c']
      const chosen = steps.map((step) => intervention.ask(question(step), { signal: never }))
      for (const [i, step] of steps.entries()) {
        await expect.poll(asked).toBe(step)
        answer(choices[i] ?? '')
        expect(await chosen[i]).toBe(choices[i])
      }
    })

    promise('rejects with the reason when it is aborted, and goes on to the next question', async () => {
      const { intervention, answer, asked } = make()
      const stop = new AbortController()
      const first = intervention.ask(question('s/a'), { signal: stop.signal })
      const second = intervention.ask(question('s/b'), { signal: never })
      await expect.poll(asked).toBe('s/a')
      stop.abort(new Error('too late'))
      await expect(first).rejects.toThrow('too late')
      await expect.poll(asked).toBe('s/b')
      answer('retry')
      expect(await second).toBe('retry')
    })

    promise('rejects a question that is aborted while it waits, before the one it waits for is answered', async () => {
      const { intervention, answer, asked } = make()
      const stop = new AbortController()
      const first = intervention.ask(question('s/a'), { signal: never })
      const second = intervention.ask(question('s/b'), { signal: stop.signal })
      const third = intervention.ask(question('s/c'), { signal: never })
      await expect.poll(asked).toBe('s/a')
      stop.abort(new Error('too late'))
      await expect(second).rejects.toThrow('too late')
      expect(asked()).toBe('s/a')
      answer('ignore')
      expect(await first).toBe('ignore')
      await expect.poll(asked).toBe('s/c')
      answer('abort')
      expect(await third).toBe('abort')
    })

    promise('asks nothing when it is aborted already', async () => {
      const { intervention, asked, listening } = make()
      await expect(intervention.ask(question('s/a'), { signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow('stop')
      await turns()
      expect([asked(), listening()]).toEqual(['', false])
    })

    promise('takes the end of the input for no answer', async () => {
      const { intervention, hangUp, asked } = make()
      const stop = new AbortController()
      let open = true
      const chosen = intervention.ask(question('s/a'), { signal: stop.signal }).finally(() => {
        open = false
      })
      chosen.catch(() => undefined)
      await expect.poll(asked).toBe('s/a')
      hangUp()
      await turns()
      expect(open).toBe(true)
      stop.abort(new Error('time is over'))
      await expect(chosen).rejects.toThrow('time is over')
    })

    promise('listens to nobody once nothing is asked', async () => {
      const { intervention, answer, asked, listening } = make()
      expect(listening()).toBe(false)
      const chosen = intervention.ask(question('s/a'), { signal: never })
      await expect.poll(asked).toBe('s/a')
      expect(listening()).toBe(true)
      answer('ignore')
      await chosen
      await expect.poll(listening).toBe(false)
      const stop = new AbortController()
      const other = intervention.ask(question('s/b'), { signal: stop.signal })
      await expect.poll(asked).toBe('s/b')
      stop.abort(new Error('over'))
      await expect(other).rejects.toThrow('over')
      await expect.poll(listening).toBe(false)
    })
  })
}

/** So that everything that could follow has followed. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
}
