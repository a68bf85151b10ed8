/** For tests: a sandbox that runs nothing and does what the test says instead. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Ended, RunOptions, Sandbox, SandboxJob } from './sandbox.ts'

export interface FakeSandbox extends Sandbox {
  readonly jobs: readonly SandboxJob[]
}

export interface Fake {
  readonly unable?: string
  /** Writes into `upper` what the command would have changed; answers the exit code. */
  readonly act?: (job: SandboxJob & { readonly upper: string }, o: RunOptions) => Promise<number | Ended> | number | Ended
}

export function fakeSandbox({ unable, act }: Fake = {}): FakeSandbox {
  const jobs: SandboxJob[] = []
  return {
    name: 'fake',
    jobs,
    keepsOwners: false,
    overlayAttributes: 'user.overlay.',
    folderForm: '',
    probe: async () => (unable === undefined ? { kind: 'able', rung: 0, layers: 'folder' } : { kind: 'unable', reasons: [unable] }),
    async run(job, o) {
      jobs.push(job)
      const upper = join(job.folder, 'upper')
      mkdirSync(upper)
      const done = (await act?.({ ...job, upper }, o)) ?? 0
      o.signal.throwIfAborted()
      return typeof done === 'number' ? { kind: 'exited', code: done } : done
    },
    attributes: async () => new Map(),
    finish: async () => undefined,
  }
}
