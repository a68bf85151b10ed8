/** What every SecretStore promises, as tests. */
import { expect, onTestFinished } from 'vitest'
import { type ContractOptions, describeContract } from '../../test/support/contract.ts'
import { isProblem } from '../base/problem.ts'
import type { SecretStore } from './secret-store.ts'

export interface StoreUnderTest {
  /** Over the same data each time. `now` is the time of changes. */
  readonly open: (o?: { readonly now?: number }) => SecretStore
  /** With a key that is not the store's. */
  readonly openWithWrongKey: () => SecretStore
  /** All that is kept of the store. `mode` as the file system has it. */
  readonly files: () => readonly { readonly name: string; readonly bytes: Buffer; readonly mode: number }[]
}

const value = 'correct horse battery staple'

/** `make` gives a place where no store is yet. */
export function secretStoreContract(make: () => StoreUnderTest, o: ContractOptions = {}): void {
  const opened = (under: StoreUnderTest, now = 1000): SecretStore => closing(under.open({ now }))

  describeContract('SecretStore', o, (promise) => {
    promise('makes nothing by being looked at', () => {
      const under = make()
      const store = opened(under)
      expect([store.read('a'), store.list(), store.remove(['a'])]).toEqual([undefined, [], []])
      expect(under.files()).toEqual([])
    })

    promise('gives back what was set, after it was closed too', () => {
      const under = make()
      const all = new Map([
        ['account.token', value],
        ['empty', ''],
        ['ä b/../c\n"', 'naïve\n✓\0 '],
        ['long', 'x'.repeat(300_000)],
      ])
      const first = opened(under)
      first.set(all)
      first.close()
      const second = opened(under)
      for (const [name, text] of all) expect(second.read(name), name).toBe(text)
      expect(second.read('token')).toBeUndefined()
    })

    promise('replaces a value, and lists by name with the time of the last change', () => {
      const under = make()
      opened(under, 1000).set(
        new Map([
          ['b', '1'],
          ['a', '1'],
        ]),
      )
      const later = opened(under, 2000)
      later.set(new Map([['b', '2']]))
      expect(later.read('b')).toBe('2')
      expect(later.list()).toEqual([
        { name: 'a', changedAt: 1000 },
        { name: 'b', changedAt: 2000 },
      ])
    })

    promise('removes what is there, and says what that was', () => {
      const store = opened(make())
      store.set(
        new Map([
          ['a', '1'],
          ['b', '2'],
        ]),
      )
      expect(store.remove(['b', 'c', 'b'])).toEqual(['b'])
      expect([store.read('a'), store.read('b')]).toEqual(['1', undefined])
    })

    promise('changes nothing when a change fails half way', () => {
      const store = opened(make())
      store.set(new Map([['a', '1']]))
      const failing = new Map([['a', '2']])
      Object.defineProperty(failing, Symbol.iterator, { value: halfWay })
      expect(() => store.set(failing)).toThrow('half way')
      expect([store.read('a'), store.list().length]).toEqual(['1', 1])
      store.set(new Map([['a', '3']]))
      expect(store.read('a')).toBe('3')
    })

    promise('is one store for several that have it open', () => {
      const under = make()
      const [one, two] = [opened(under), opened(under)]
      one.set(new Map([['a', '1']]))
      two.set(new Map([['b', '2']]))
      expect([one.read('b'), two.read('a')]).toEqual(['2', '1'])
      one.set(new Map([['b', '3']]))
      expect([two.read('b'), two.remove(['a']), one.read('a')]).toEqual(['3', ['a'], undefined])
    })

    promise('lists and removes without its key, and reads and sets with it only', () => {
      const under = make()
      opened(under).set(
        new Map([
          ['a', value],
          ['b', '2'],
        ]),
      )
      const stranger = closing(under.openWithWrongKey())
      for (const work of [() => stranger.read('a'), () => stranger.set(new Map([['a', 'theirs']]))]) {
        const error = failureOf(work)
        expect(isProblem(error), String(error)).toBe(true)
        expect(String(error)).not.toContain(value)
      }
      expect(stranger.list().map(({ name }) => name)).toEqual(['a', 'b'])
      expect(stranger.remove(['b'])).toEqual(['b'])
    })

    promise('keeps no value in clear, whatever became of it, and nothing open to others', () => {
      const under = make()
      const store = opened(under)
      store.set(
        new Map([
          ['a', value],
          ['b', `${value} b`],
        ]),
      )
      store.set(new Map([['a', `${value} again`]]))
      store.remove(['b'])
      const whileOpen = under.files()
      store.close()
      for (const files of [whileOpen, under.files()]) {
        expect(files.length).toBeGreaterThan(0)
        for (const { name, bytes, mode } of files) expect([name, bytes.includes(value), mode & 0o077]).toEqual([name, false, 0])
      }
    })

    promise('may be closed twice, and before anything was asked', () => {
      const under = make()
      const store = under.open()
      store.close()
      store.close()
      expect(under.files()).toEqual([])
    })
  })
}

function closing(store: SecretStore): SecretStore {
  onTestFinished(() => store.close())
  return store
}

function* halfWay(): Generator<[string, string]> {
  yield ['a', '2']
  yield ['new', 'x']
  throw new Error('half way')
}

function failureOf(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    return error
  }
}
