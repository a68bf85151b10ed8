/** What every RunQueue promises, as tests. */
import { describe, expect, it } from 'vitest'
import { brandAs } from '../base/brand.ts'
import type { RunId } from '../events/run-event.ts'
import type { QueuedRun, RunOrder, RunQueue } from './run-queue.ts'

const queued = (run: string): QueuedRun => ({
  run: brandAs<RunId>(run),
  pipeline: 'o/p/web',
  pipelineName: 'web',
  pipelineFile: '/w.yaml',
  queuedAt: 7,
  branch: 'main',
})
const order: RunOrder = { kind: 'file', cwd: '/w', file: '/w/web.yaml', options: { input: ['TOKEN=never-in-clear'], var: [], stage: ['a'] } }

/** `again` gives a second queue over the same data, as another process would have it. */
export function runQueueContract(make: () => { readonly queue: RunQueue; readonly again: () => RunQueue }): void {
  describe('RunQueue contract', () => {
    const states = async (queue: RunQueue) => (await queue.list()).map(({ run, state }) => [run, state.kind])

    it('keeps orders as they were given, in their order, for other processes too', async () => {
      const { queue, again } = make()
      const [a, b] = [queued('01a'), queued('01b')]
      await queue.add(a, order)
      await queue.add(b, { kind: 'again', of: a.run, fromFailed: true, input: ['A=1'], var: [] })
      expect(await again().list()).toEqual([
        { ...a, state: { kind: 'waiting' } },
        { ...b, state: { kind: 'waiting' } },
      ])
      expect(await again().order(a.run)).toEqual(order)
      expect(await again().order(b.run)).toEqual({ kind: 'again', of: a.run, fromFailed: true, input: ['A=1'], var: [] })
      expect(await queue.order(brandAs<RunId>('01none'))).toBeUndefined()
    })

    it('gives each to one of those who take it', async () => {
      const { queue, again } = make()
      const { run } = queued('01a')
      await queue.add(queued('01a'), order)
      const others = Array.from({ length: 8 }, again)
      expect((await Promise.all(others.map((one) => one.take(run)))).filter((got) => got)).toEqual([true])
      expect(await states(queue)).toEqual([[run, 'started']])
      expect(await queue.order(run)).toEqual(order)
    })

    it('gives one that was removed to nobody, and says whether it was there', async () => {
      const { queue, again } = make()
      const { run } = queued('01a')
      await queue.add(queued('01a'), order)
      expect(await again().remove(run, ['started'])).toBe(false)
      expect(await again().remove(run, ['refused', 'waiting'])).toBe(true)
      expect(await queue.take(run)).toBe(false)
      expect(await queue.remove(run, ['waiting'])).toBe(false)
      expect(await queue.list()).toEqual([])
    })

    it('lets one that was started wait again, or refuses it with a reason and without its order', async () => {
      const { queue } = make()
      const { run } = queued('01a')
      await queue.add(queued('01a'), order)
      await queue.take(run)
      await queue.putBack(run)
      expect(await states(queue)).toEqual([[run, 'waiting']])
      await queue.take(run)
      await queue.refuse(run, 'no such stage')
      expect(await queue.list()).toEqual([{ ...queued('01a'), state: { kind: 'refused', why: 'no such stage' } }])
      expect(await queue.order(run)).toBeUndefined()
      expect(await queue.take(run)).toBe(false)
    })
  })
}
