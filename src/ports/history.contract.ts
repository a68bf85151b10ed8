/** What every History promises, as tests. */
import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { brandAs } from '../base/brand.ts'
import { uniqueId } from '../base/unique-id.ts'
import type { Recorded, RunEvent, RunId } from '../events/run-event.ts'
import { stepPath } from '../events/step-path.ts'
import type { History, NewRun } from './history.ts'

let tick = 1_700_000_000_000

function newRun(pipeline = 'acme/shop/web'): NewRun {
  tick += 1
  return { run: brandAs<RunId>(uniqueId(tick, randomBytes(16))), pipeline, pipelineName: 'web', pipelineFile: 'web.yaml', startedAt: tick }
}

const step = stepPath('launch', 'build')
const story: readonly RunEvent[] = [
  { kind: 'run.started', plan: { pipeline: { identifier: 'web', name: 'web' }, stages: [] }, sequenceId: 1, pipelineFile: 'web.yaml' },
  { kind: 'step.started', step, does: 'runs' },
  { kind: 'step.output', step, stream: 'out', text: 'one\ntwo "quoted"\n' },
  { kind: 'step.output', step, stream: 'err', text: 'naïve ✓\n' },
  { kind: 'step.finished', step, outcome: { kind: 'passed' } },
  { kind: 'run.finished', outcome: { kind: 'passed' } },
]

function recorded(run: RunId): Recorded[] {
  return story.map((event, i) => ({ run, seq: i + 1, at: 1000 + i, event }))
}

/** `reopen` gives a second History over the same data, as another process would have it. */
export function historyContract(make: () => Promise<{ history: History; reopen?: () => Promise<History> }>): void {
  describe('History contract', () => {
    it('numbers the runs of each pipeline from 1 without gaps', async () => {
      const { history } = await make()
      const numbers = []
      for (let i = 0; i < 3; i++) numbers.push((await history.begin(newRun())).sequenceId)
      expect(numbers).toEqual([1, 2, 3])
      expect((await history.begin(newRun('acme/shop/other'))).sequenceId).toBe(1)
      await history.close()
    })

    it('gives events back in order, output included, from any point', async () => {
      const { history } = await make()
      const { run } = await history.begin(newRun())
      const all = recorded(run)
      await history.append(all.slice(0, 3))
      await history.append(all.slice(3))
      expect(await Array.fromAsync(history.events(run))).toEqual(all)
      expect(await Array.fromAsync(history.events(run, { after: 3 }))).toEqual(all.slice(3))
      await history.close()
    })

    it('lists the newest run first with its status', async () => {
      const { history } = await make()
      const first = await history.begin(newRun())
      const second = await history.begin(newRun())
      await history.append(recorded(second.run))
      expect((await history.list()).map((r) => [r.sequenceId, r.status])).toEqual([
        [2, 'passed'],
        [1, 'running'],
      ])
      expect(await history.find(first.run)).toMatchObject({ status: 'running', pipeline: 'acme/shop/web' })
      expect(await history.find('nosuchrun')).toBeUndefined()
      await history.close()
    })

    it('has no events for a run it does not know', async () => {
      const { history } = await make()
      expect(await Array.fromAsync(history.events(newRun().run))).toEqual([])
      await history.close()
    })

    it('never gives one number to two openers of the same data', async () => {
      const { history, reopen } = await make()
      const other = await (reopen ?? (async () => history))()
      const numbers = await Promise.all(Array.from({ length: 20 }, async (_, i) => (await (i % 2 === 0 ? history : other).begin(newRun())).sequenceId))
      expect(new Set(numbers).size).toBe(20)
      expect(Math.max(...numbers)).toBe(20)
      if (other !== history) await other.close()
      await history.close()
    })
  })
}
