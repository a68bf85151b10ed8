/** Contract suites: one list of promises per interface, run against every implementation. */
import { describe, it } from 'vitest'
import { needs } from './skip.ts'

/** What an implementation cannot do, and why. Naming a test that does not exist is an error, so the list cannot rot. */
export interface ContractOptions {
  readonly skip?: readonly { readonly test: string; readonly reason: string }[]
}

export type ContractTest = (name: string, body: () => Promise<void> | void, timeout?: number) => void

/** Called by the `*.contract.ts` file beside an interface: `describeContract('store', o, (promise) => { promise('keeps ...', ...) })`. */
export function describeContract(name: string, o: ContractOptions, suite: (promise: ContractTest) => void): void {
  describe(`${name} contract`, () => {
    const unused = new Set(o.skip?.map((skip) => skip.test))
    suite((test, body, timeout) => {
      const skip = o.skip?.find((entry) => entry.test === test)
      unused.delete(test)
      it(test, { ...needs(skip === undefined, skip?.reason ?? ''), ...(timeout !== undefined && { timeout }) }, body)
    })
    const [stale] = unused
    if (stale !== undefined) throw new Error(`the ${name} contract has no test "${stale}" that could be skipped`)
  })
}
