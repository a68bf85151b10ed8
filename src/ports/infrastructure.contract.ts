/** What every Infrastructure promises, as tests. `script` says a behaviour in the adapter's own terms. */
import { describe, expect, it } from 'vitest'
import { brandAs } from '../base/brand.ts'
import type { RunId } from '../events/run-event.ts'
import type { StagePlan } from '../plan/plan.ts'
import type { Infrastructure, ProcessSpec, RunningStep, Workspace } from './infrastructure.ts'

export interface Behaviour {
  readonly output?: string
  readonly exit?: number
  readonly sleepMs?: number
  readonly outputs?: Readonly<Record<string, string>>
  /** Lines for the file of outputs. */
  readonly writes?: Readonly<Record<string, string>>
}

export interface InfrastructureUnderTest {
  readonly infrastructure: Infrastructure
  /** A step that behaves so. */
  readonly step: (behaviour: Behaviour) => Pick<ProcessSpec, 'start' | 'env'>
}

const stage: StagePlan = {
  kind: 'stage',
  path: 'launch',
  identifier: 'launch',
  name: 'launch',
  when: { status: 'Success' },
  infrastructure: { on: 'local', declared: 'Cloud', os: 'Linux', arch: 'Amd64' },
  variables: {},
  steps: [],
}

export function infrastructureContract(make: () => Promise<InfrastructureUnderTest>): void {
  const signal = new AbortController().signal
  const opened = async (): Promise<InfrastructureUnderTest & { readonly workspace: Workspace }> => {
    const made = await make()
    const opening = { run: brandAs<RunId>('contract'), signal, note: () => undefined }
    return { ...made, workspace: await made.infrastructure.open(stage, opening) }
  }
  const spec = (name: string, made: InfrastructureUnderTest, b: Behaviour): ProcessSpec => ({
    name: `launch/${name}`,
    outputs: Object.keys(b.outputs ?? {}),
    graceMs: 200,
    ...made.step(b),
  })
  const read = async (running: RunningStep): Promise<string> => {
    const chunks = await Array.fromAsync(running.output)
    return Buffer.concat(chunks.map((chunk) => chunk.bytes)).toString()
  }

  describe('Infrastructure contract', () => {
    it('finds nothing wrong with a plain Linux stage', async () => {
      const { infrastructure } = await make()
      expect(await infrastructure.check(stage, { signal })).toEqual([])
    })

    it('gives output, exit code and output variables of a step', async () => {
      const made = await opened()
      const running = await made.workspace.start(spec('one', made, { output: 'hello', exit: 3, outputs: { COLOUR: 'blue' } }), { signal })
      expect(await read(running)).toContain('hello')
      const end = await running.end
      expect(end.exit).toEqual({ kind: 'exited', code: 3 })
      expect([...end.outputs]).toEqual([['COLOUR', 'blue']])
      await made.workspace.close({ signal })
    })

    it('hands back what a step writes to its file of outputs', async () => {
      const made = await opened()
      const running = await made.workspace.start(spec('one', made, { writes: { TASTE: 'sour' }, exit: 2 }), { signal })
      await read(running)
      expect((await running.end).handed).toEqual({ outputs: 'TASTE=sour\n', secrets: '', env: '' })
      await made.workspace.close({ signal })
    })

    it('knows that nothing answers on a port nobody listens on', async () => {
      const made = await opened()
      expect(await made.workspace.answers(1, { signal })).toBe(false)
      await made.workspace.close({ signal })
    })

    it('runs steps side by side', async () => {
      const made = await opened()
      const both = await Promise.all(['a', 'b'].map((name) => made.workspace.start(spec(name, made, { output: name, sleepMs: 20 }), { signal })))
      expect((await Promise.all(both.map(read))).map((text) => text.trim())).toEqual(['a', 'b'])
      await made.workspace.close({ signal })
    })

    it('ends a step when its signal aborts', async () => {
      const made = await opened()
      const abort = new AbortController()
      const running = await made.workspace.start(spec('slow', made, { sleepMs: 60_000 }), { signal: abort.signal })
      setTimeout(() => abort.abort(), 20)
      await read(running)
      expect((await running.end).exit.kind).toBe('killed')
      await made.workspace.close({ signal })
    })

    it('ends a step whose signal aborts while it is being started', async () => {
      const made = await opened()
      const abort = new AbortController()
      const starting = made.workspace.start(spec('early', made, { sleepMs: 60_000 }), { signal: abort.signal })
      abort.abort()
      const running = await starting.catch(() => undefined)
      if (running !== undefined) {
        await read(running)
        expect((await running.end).exit.kind).toBe('killed')
      }
      await made.workspace.close({ signal })
    })

    it('ends what still runs when it is closed, and may be closed twice', async () => {
      const made = await opened()
      const running = await made.workspace.start(spec('slow', made, { sleepMs: 60_000 }), { signal })
      await made.workspace.close({ signal })
      expect((await running.end).exit.kind).toBe('killed')
      await made.workspace.close({ signal })
    })

    it('refuses to start when it is aborted already', async () => {
      const made = await opened()
      await expect(made.workspace.start(spec('never', made, {}), { signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow('stop')
      await made.workspace.close({ signal })
    })

    it('has one place for both spellings of a path', async () => {
      const made = await opened()
      expect(made.workspace.hostPath('/harness/image.tar')).toBe(made.workspace.hostPath('image.tar'))
      await made.workspace.close({ signal })
    })
  })
}
