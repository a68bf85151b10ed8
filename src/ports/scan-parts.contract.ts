/** What every ScanMemory promises, as tests. */
import { expect } from 'vitest'
import { type ContractOptions, describeContract } from '../../test/support/contract.ts'
import type { ScanMemory } from './scan-parts.ts'

const o = { signal: new AbortController().signal }
const name = { target: 'docker.io/acme/../app', variant: 'r1\n<+x>' }

export function scanMemoryContract(make: () => Promise<ScanMemory>, options: ContractOptions = {}): void {
  describeContract('ScanMemory', options, (promise) => {
    promise('gives back what was written last, for exactly that target and variant', async () => {
      const memory = await make()
      expect(await memory.read(name, o)).toBeUndefined()
      await memory.write(name, { at: 1, keys: ['openssl CVE-1'] }, o)
      await memory.write(name, { at: 2, keys: ['zlib CVE-2', 'openssl CVE-1'] }, o)
      expect(await memory.read({ ...name }, o)).toEqual({ at: 2, keys: ['zlib CVE-2', 'openssl CVE-1'] })
      expect(await memory.read({ ...name, variant: 'r1' }, o)).toBeUndefined()
      expect(await memory.read({ target: `${name.target}${name.variant}`, variant: '' }, o)).toBeUndefined()
    })

    promise('keeps one whole of several that are written at once', async () => {
      const memory = await make()
      const all = Array.from({ length: 20 }, (_, at) => ({ at, keys: Array.from({ length: 500 }, (_unused, i) => `p${i} CVE-${at}`) }))
      await Promise.all(all.map((one) => memory.write(name, one, o)))
      expect(all).toContainEqual(await memory.read(name, o))
    })

    promise('writes nothing when it is aborted', async () => {
      const memory = await make()
      const reason = new Error('enough')
      await expect(memory.write(name, { at: 1, keys: [] }, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
      expect(await memory.read(name, o)).toBeUndefined()
    })
  })
}
