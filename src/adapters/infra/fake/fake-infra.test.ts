import { tmpdir } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import { describe } from 'vitest'
import { infrastructureContract } from '../../../ports/infrastructure.contract.ts'
import { fakeInfra } from './fake-infra.ts'

const clock = { now: () => 0, sleep: async (ms: number, o: { signal: AbortSignal }) => void (await wait(ms, undefined, o)) }

describe('fake infrastructure', () => {
  infrastructureContract(async () => ({
    infrastructure: fakeInfra({ clock, dir: tmpdir() }),
    step: ({ output, exit = 0, sleepMs = 0, outputs = {}, writes = {} }) => ({
      start: { kind: 'script', shell: 'Sh', script: '' },
      env: new Map([
        ['FAKE_EXIT', String(exit)],
        ['FAKE_SLEEP', String(sleepMs)],
        ...(output === undefined ? [] : [['FAKE_OUTPUT', output] as const]),
        ...Object.entries({ ...outputs, ...writes }).map(([name, value]) => [`FAKE_OUT_${name}`, value] as const),
      ]),
    }),
  }))
})
