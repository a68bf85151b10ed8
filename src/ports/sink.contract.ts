/** What every Sink promises, as tests. */
import { expect } from 'vitest'
import { type ContractOptions, describeContract } from '../../test/support/contract.ts'
import { brandAs } from '../base/brand.ts'
import { diagnose } from '../base/diagnostic.ts'
import type { Recorded, RunEvent, RunId } from '../events/run-event.ts'
import { stepPath } from '../events/step-path.ts'
import type { Sink } from './sink.ts'

/** Where a sink puts what it takes. */
export interface Outlet {
  put(text: string): Promise<void> | void
}

const [stage, step] = [stepPath('s'), stepPath('s', 'a')]
const output = (text: string): RunEvent => ({ kind: 'step.output', step, stream: 'out', text })
const note = diagnose('SECRET_SHORT', { name: 'pin', length: 3 })
const plan = {
  pipeline: { identifier: 'p', name: 'p' },
  stages: [{ kind: 'stage', path: stage, name: 's', infrastructure: 'local', steps: [{ kind: 'step', path: step, name: 'a', type: 'Run' }] }],
} as const

const story: readonly RunEvent[] = [
  { kind: 'run.started', plan, sequenceId: 1, pipelineFile: 'p.yaml' },
  { kind: 'stage.started', stage },
  { kind: 'stage.note', stage, note },
  { kind: 'step.started', step, does: 'runs' },
  output('first word\n'),
  { kind: 'step.note', step, note },
  { kind: 'step.progress', step, progress: { task: 'upload', done: 1, total: 2 } },
  output('second word\nthird '),
  { kind: 'step.retrying', step, attempt: 1, of: 2, waitMs: 0 },
  { kind: 'step.waiting', step, timeoutMs: 1000 },
  { kind: 'group.retrying', group: stage, attempt: 1, of: 2, waitMs: 0 },
  output('word\n'),
  { kind: 'image.built', step, digest: 'sha256:1', bytes: 1, layers: 1, cached: 0 },
  { kind: 'image.delivered', step, ref: 'r/a:1', digest: 'sha256:1', bytes: 1 },
  { kind: 'links.published', step, links: [{ name: 'report', url: 'https://r/report' }] },
  { kind: 'images.published', step, published: { registryType: 'Docker', registryUrl: 'https://r', images: [{ image: 'r/a:1', digest: 'sha256:1' }] } },
  { kind: 'file.written', step, file: { path: 'a.tar', bytes: 1 } },
  { kind: 'step.outputs', step, outputs: [{ name: 'A', value: 'b', secret: false }] },
  { kind: 'step.finished', step, outcome: { kind: 'failed', exit: { kind: 'exited', code: 2 } } },
  { kind: 'stage.finished', stage, outcome: { kind: 'failed', exit: { kind: 'exited', code: 2 } } },
  { kind: 'run.finished', outcome: { kind: 'failed', exit: { kind: 'exited', code: 2 } } },
]

function recorded(events: readonly RunEvent[]): readonly Recorded[] {
  return events.map((event, i) => ({ run: brandAs<RunId>('r'), seq: i + 1, at: 1000 + i, event }))
}

export function sinkContract(make: (outlet: Outlet) => Promise<Sink>, o: ContractOptions = {}): void {
  describeContract('Sink', o, (promise) => {
    promise('tells the whole story, in its order', async () => {
      let text = ''
      const put = (more: string): void => {
        text += more
      }
      const sink = await make({ put })
      for (const one of recorded(story)) await sink.write(one)
      await sink.close()
      const found = [...text.matchAll(/(first|second|third) /g)].map(([, word]) => word)
      expect(found.filter((word, i) => found.indexOf(word) === i)).toEqual(['first', 'second', 'third'])
    })

    promise('closes a run of which nothing was told', async () => {
      const sink = await make({ put: () => undefined })
      await sink.close()
    })

    promise('waits for an outlet that is slow', async () => {
      let open = (): void => undefined
      const gate = new Promise<void>((resolve) => {
        open = resolve
      })
      const sink = await make({ put: () => gate })
      let taken = 0
      const writing = (async () => {
        for (const one of recorded([...story, ...Array.from({ length: 20 }, () => output('x'.repeat(100_000)))])) {
          await sink.write(one)
          taken += 1
        }
      })()
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
      const before = taken
      open()
      await writing
      await sink.close()
      expect(before).toBeLessThan(story.length)
    })

    promise('rejects when its outlet fails, at an event or in the end', async () => {
      const sink = await make({ put: () => Promise.reject(new Error('outlet is gone')) })
      const tell = async (): Promise<void> => {
        for (const one of recorded(story)) await sink.write(one)
        await sink.close()
      }
      await expect(tell()).rejects.toThrow('outlet is gone')
      await sink.close().catch(() => undefined)
    })
  })
}
