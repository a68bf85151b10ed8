/** What every SecretSource promises, as tests. */
import { inspect } from 'node:util'
import { expect } from 'vitest'
import { type ContractOptions, describeContract } from '../../test/support/contract.ts'
import { isProblem } from '../base/problem.ts'
import type { SecretSource } from './secret-source.ts'

const o = { signal: new AbortController().signal }

export interface SourcesUnderTest {
  /** A source that holds these and nothing else. */
  readonly holding: (secrets: Readonly<Record<string, string>>) => Promise<SecretSource>
  /** One whose place cannot be read. */
  readonly broken: () => Promise<SecretSource>
}

export function secretSourceContract(under: SourcesUnderTest, options: ContractOptions = {}): void {
  describeContract('SecretSource', options, (promise) => {
    promise('has a name for messages', async () => {
      expect((await under.holding({})).name).toMatch(/\w/)
    })

    promise('gives what it holds, a text of no length too', async () => {
      const source = await under.holding({ token: 'two\nlines and ✓', nothing: '' })
      expect((await source.read('token', o))?.reveal()).toBe('two\nlines and ✓')
      expect((await source.read('nothing', o))?.reveal()).toBe('')
    })

    promise('answers undefined for what it does not hold', async () => {
      const source = await under.holding({ token: 'x' })
      for (const name of ['other', 'account.other', 'toke', 'tokens', '__proto__', 'constructor']) expect(await source.read(name, o), name).toBeUndefined()
    })

    promise('looks for a name with its scope first, then without', async () => {
      const source = await under.holding({ 'account.both': 'scoped', both: 'plain', only: 'one' })
      const read = async (name: string) => (await source.read(name, o))?.reveal()
      expect(await Promise.all(['account.both', 'org.both', 'both', 'account.only', 'org.only'].map(read))).toEqual(['scoped', 'plain', 'plain', 'one', 'one'])
    })

    promise('shows the name that was asked for, and not the value', async () => {
      const value = await (await under.holding({ token: 'sesame-open' })).read('org.token', o)
      expect(value?.name).toBe('org.token')
      const text = value?.reveal() ?? expect.fail('it is held')
      for (const shown of [JSON.stringify(value), String(value), inspect(value, { depth: 9, showHidden: true }), `${Object.values(value ?? {})}`])
        expect(shown).not.toContain(text)
    })

    promise('answers the same as often as it is asked, also at once', async () => {
      const source = await under.holding({ a: 'of a', b: 'of b' })
      const names = ['a', 'b', 'a', 'b', 'a']
      const first = await Promise.all(names.map(async (name) => (await source.read(name, o))?.reveal()))
      const second = await Promise.all(names.map(async (name) => (await source.read(name, o))?.reveal()))
      expect(second).toEqual(first)
      expect(first[0]).not.toBe(first[1])
    })

    promise('throws a Problem when its place cannot be read', async () => {
      const source = await under.broken()
      const error = await source.read('token', o).catch((caught: unknown) => caught)
      expect(isProblem(error), String(error)).toBe(true)
    })

    promise('rejects with the reason when it is aborted', async () => {
      const source = await under.holding({ token: 'x' })
      await expect(source.read('token', { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
    })
  })
}
