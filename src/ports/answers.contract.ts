/** What every Answers promises, as tests. */
import { expect } from 'vitest'
import { type ContractOptions, describeContract } from '../../test/support/contract.ts'
import { brandAs } from '../base/brand.ts'
import type { RunId } from '../events/run-event.ts'
import type { Answers } from './answers.ts'
import { choices } from './intervention.ts'

const run = brandAs<RunId>('01run')
const never = new AbortController().signal

/** `run`: the process that asks; `person`: another one, over the same data. */
export function answersContract(make: () => { readonly run: Answers; readonly person: Answers }, o: ContractOptions = {}): void {
  describeContract('Answers', o, (promise) => {
    promise('bring each choice from where it is given to where it is waited for', async () => {
      const { run: asks, person } = make()
      for (const choice of choices) {
        const waiting = asks.wait(run, 's/a', { signal: never })
        expect(await person.give(run, 's/a', choice, { signal: never })).toBe('given')
        expect(await waiting).toBe(choice)
      }
    })

    promise('are for the step and the run that they name', async () => {
      const { run: asks, person } = make()
      const other = brandAs<RunId>('02run')
      const waiting = [asks.wait(run, 's/a', { signal: never }), asks.wait(run, 's/b', { signal: never }), asks.wait(other, 's/a', { signal: never })]
      expect(await person.give(other, 's/a', 'abort', { signal: never })).toBe('given')
      expect(await person.give(run, 's/b', 'ignore', { signal: never })).toBe('given')
      expect(await person.give(run, 's/a', 'retry', { signal: never })).toBe('given')
      expect(await Promise.all(waiting)).toEqual(['retry', 'ignore', 'abort'])
    })

    promise('cannot be given when nothing is asked, nor when the question is over', async () => {
      const { run: asks, person } = make()
      expect(await person.give(run, 's/a', 'retry', { signal: never })).toBe('not asked')
      const over = new AbortController()
      const waiting = asks.wait(run, 's/a', { signal: over.signal })
      over.abort(new Error('too late'))
      await expect(waiting).rejects.toThrow('too late')
      expect(await person.give(run, 's/a', 'retry', { signal: never })).toBe('not asked')
      // Nothing of all that answers the next question.
      const next = asks.wait(run, 's/a', { signal: never })
      expect(await person.give(run, 's/a', 'ignore', { signal: never })).toBe('given')
      expect(await next).toBe('ignore')
    })

    promise('are taken once: of two people one is told that the question was answered', async () => {
      const { run: asks, person } = make()
      const waiting = asks.wait(run, 's/a', { signal: never })
      const told = await Promise.all(['retry', 'ignore'].map((choice) => person.give(run, 's/a', choice as 'retry' | 'ignore', { signal: never })))
      expect(told.filter((one) => one === 'given')).toHaveLength(1)
      expect(['retry', 'ignore'][told.indexOf('given')]).toBe(await waiting)
    })

    promise('are not waited for when that is over before it begins', async () => {
      const { run: asks } = make()
      await expect(asks.wait(run, 's/a', { signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow('stop')
    })
  })
}
