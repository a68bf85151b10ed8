/** What every History promises, as tests. */
import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { brandAs } from '../base/brand.ts'
import { uniqueId } from '../base/unique-id.ts'
import type { Recorded, RunEvent, RunId } from '../events/run-event.ts'
import { stepPath } from '../events/step-path.ts'
import type { EventRange, Given, History, NewRun, OutputMark, RunFilter, RunName } from './history.ts'

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

    it('lists by branch and by what names hold, and goes on where a list has ended', async () => {
      const { history } = await make()
      const given = (branch: string): Given => ({ options: {}, text: 'sha256:0', codebase: { branch, commitSha: 'c0ffee' } })
      const a = await history.begin({ ...newRun('acme/shop/web'), given: given('main') })
      const b = await history.begin({ ...newRun('acme/shop/api'), pipelineName: 'Api', given: given('feature/Login') })
      const c = await history.begin(newRun('acme/shop/web'))
      const codebase = { branch: 'feature/cloned', commitSha: 'decade' }
      await history.append([{ run: c.run, seq: 1, at: 1, event: { kind: 'code.placed', step, folder: '/harness', codebase, underBuild: true } }])
      const ids = async (filter: RunFilter) => (await history.list(filter)).map(({ run }) => run)
      expect(await history.find(a.run)).toMatchObject({ branch: 'main', commit: 'c0ffee' })
      expect(await history.find(c.run)).toMatchObject({ branch: 'feature/cloned', commit: 'decade' })
      expect(await ids({ branch: 'main' })).toEqual([a.run])
      expect(await ids({ text: 'LOGIN' })).toEqual([b.run])
      expect(await ids({ text: 'feature' })).toEqual([c.run, b.run])
      expect(await ids({ text: 'API' })).toEqual([b.run])
      expect(await ids({ text: '#2' })).toEqual([c.run])
      expect(await ids({ text: a.run })).toEqual([a.run])
      expect(await ids({ text: 'web', branch: 'main', pipeline: 'web' })).toEqual([a.run])
      expect(await ids({ text: '%' })).toEqual([])
      expect(await ids({ after: b })).toEqual([a.run])
      expect(await ids({ after: c, limit: 1 })).toEqual([b.run])
      expect(await ids({ after: a })).toEqual([])
      await history.close()
    })

    it('lists by pipeline, by status and so many', async () => {
      const { history } = await make()
      const [a, b] = [await history.begin(newRun('acme/shop/web')), await history.begin(newRun('acme/shop/api'))]
      const c = await history.begin(newRun('acme/other/web'))
      await history.append(recorded(a.run))
      const ids = async (filter: RunFilter) => (await history.list(filter)).map(({ run }) => run)
      expect(await ids({ pipeline: 'acme/shop/api' })).toEqual([b.run])
      expect(await ids({ pipeline: 'api' })).toEqual([b.run])
      // Its name, which is that of all three.
      expect(await ids({ pipeline: 'web' })).toEqual([c.run, b.run, a.run])
      expect(await ids({ status: 'running' })).toEqual([c.run, b.run])
      expect(await ids({ status: 'passed', pipeline: 'acme/shop/web' })).toEqual([a.run])
      expect(await ids({ pipeline: 'acme/shop/web', status: 'failed' })).toEqual([])
      expect(await ids({ limit: 2 })).toEqual([c.run, b.run])
      await history.close()
    })

    it('finds runs as people name them', async () => {
      const { history } = await make()
      const [a, b] = [await history.begin(newRun('acme/shop/web')), await history.begin(newRun('acme/shop/api'))]
      const ids = async (name: RunName) => (await history.named(name)).map(({ run }) => run)
      expect(await ids({ prefix: a.run.slice(0, -1) })).toEqual([a.run])
      expect(await ids({ prefix: a.run.slice(0, 4) })).toEqual([b.run, a.run])
      expect(await ids({ prefix: 'zzz' })).toEqual([])
      expect(await ids({ sequenceId: 1 })).toEqual([b.run, a.run])
      expect(await ids({ sequenceId: 1, pipeline: 'acme/shop/api' })).toEqual([b.run])
      expect(await ids({ sequenceId: 2 })).toEqual([])
      await history.close()
    })

    it('keeps what a run was started with', async () => {
      const { history } = await make()
      const given: Given = { options: { input: ['tag=1'] }, text: 'sha256:1', codebase: { branch: 'main' } }
      const { run } = await history.begin({ ...newRun(), given })
      expect(await history.given(run)).toEqual(given)
      expect(await history.given((await history.begin(newRun())).run)).toBeUndefined()
      await history.close()
    })

    it('gives the events of one step, and output from another point than the rest', async () => {
      const { history } = await make()
      const { run } = await history.begin(newRun())
      const other = stepPath('launch', 'other')
      const all: Recorded[] = [...recorded(run), { run, seq: 7, at: 2000, event: { kind: 'step.output', step: other, stream: 'out', text: 'other\n' } }]
      await history.append(all)
      const seqs = async (range: EventRange) => (await Array.fromAsync(history.events(run, range))).map(({ seq }) => seq)
      expect(await seqs({ step })).toEqual([2, 3, 4, 5])
      expect(await seqs({ step: other })).toEqual([7])
      expect(await seqs({ outputAfter: 3 })).toEqual([1, 2, 4, 5, 6, 7])
      expect(await seqs({ after: 4, outputAfter: 3 })).toEqual([5, 6, 7])
      expect(await seqs({ step: 'no/such' })).toEqual([])
      await history.close()
    })

    it('says where the last lines begin, and where output is younger than a moment', async () => {
      const { history } = await make()
      const { run } = await history.begin(newRun())
      const line = (i: number): Recorded => ({ run, seq: i + 1, at: 1000 + i, event: { kind: 'step.output', step, stream: 'out', text: `line ${i}\n` } })
      await history.append(Array.from({ length: 500 }, (_, i) => line(i)))
      const output = async (mark: OutputMark) => (await Array.fromAsync(history.events(run, { outputAfter: await history.outputMark(run, mark) }))).length
      for (const lines of [1, 3, 100, 499]) {
        expect(await output({ lines })).toBeGreaterThanOrEqual(lines)
        expect(await output({ lines })).toBeLessThanOrEqual(lines + 1)
      }
      expect(await output({ lines: 1000 })).toBe(500)
      expect(await output({ since: 1400 })).toBe(100)
      expect(await output({ since: 9000 })).toBe(0)
      expect(await output({ since: 1400, lines: 1000 })).toBe(100)
      expect(await output({ lines: 1, step: 'no/such' })).toBe(500)
      await history.close()
    })

    it('forgets a run with all that belongs to it, and never gives its number again', async () => {
      const { history } = await make()
      const given: Given = { options: {}, text: '' }
      const { run } = await history.begin({ ...newRun(), given })
      await history.append(recorded(run))
      await history.remove([run])
      expect(await history.find(run)).toBeUndefined()
      expect(await history.given(run)).toBeUndefined()
      expect(await Array.fromAsync(history.events(run))).toEqual([])
      expect((await history.begin(newRun())).sequenceId).toBe(2)
      await history.close()
    })

    it('lets a reader go on where it was while the run is being written', async () => {
      const { history, reopen } = await make()
      const { run } = await history.begin(newRun())
      const reader = await (reopen ?? (async () => history))()
      const seen: number[] = []
      const read = async (): Promise<void> => {
        for await (const { seq } of reader.events(run, { after: seen.at(-1) ?? 0 })) seen.push(seq)
      }
      const one = (seq: number): Recorded =>
        seq % 3 === 0
          ? { run, seq, at: seq, event: { kind: 'step.started', step, does: 'runs' } }
          : { run, seq, at: seq, event: { kind: 'step.output', step, stream: 'out', text: `${seq}\n` } }
      const writes = (async () => {
        for (let seq = 1; seq <= 300; seq += 5) await history.append([0, 1, 2, 3, 4].map((i) => one(seq + i)))
      })()
      while (seen.at(-1) !== 300) await read()
      await writes
      expect(seen).toEqual(Array.from({ length: 300 }, (_, i) => i + 1))
      if (reader !== history) await reader.close()
      await history.close()
    })

    it('leaves the runs of living processes alone', async () => {
      const { history, reopen } = await make()
      const { run } = await history.begin(newRun())
      const other = await (reopen ?? (async () => history))()
      expect(await other.recover()).toEqual([])
      expect(await history.recover()).toEqual([])
      expect(await other.find(run)).toMatchObject({ status: 'running' })
      if (other !== history) await other.close()
      await history.close()
    })

    it('goes on with no run that is running or over', async () => {
      const { history } = await make()
      const [running, over] = [await history.begin(newRun()), await history.begin(newRun())]
      await history.append(recorded(over.run))
      expect(await history.resume(running.run)).toBeUndefined()
      expect(await history.resume(over.run)).toBeUndefined()
      expect(await history.resume(newRun().run)).toBeUndefined()
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
