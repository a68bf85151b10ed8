import { describe, expect, it } from 'vitest'
import { brandAs } from '../../base/brand.ts'
import type { Recorded, RunEvent, RunId } from '../../events/run-event.ts'
import { stepPath } from '../../events/step-path.ts'
import { memoryHistory } from '../store/memory-history.ts'
import { historySink } from './history-sink.ts'

const step = stepPath('s', 'a')
const run = brandAs<RunId>('r')
const recorded = (event: RunEvent, seq: number): Recorded => ({ run, seq, at: seq, event })
const output = (seq: number, text = 'x'): Recorded => recorded({ kind: 'step.output', step, stream: 'out', text }, seq)

async function opened() {
  const history = memoryHistory()
  await history.begin({ run, pipeline: 'p', pipelineName: 'p', pipelineFile: 'p.yaml', startedAt: 0 })
  const batches: number[][] = []
  const append = history.append
  const sink = historySink({
    ...history,
    async append(some) {
      batches.push(some.map(({ seq }) => seq))
      await append(some)
    },
  })
  return { sink, batches, kept: async () => (await Array.fromAsync(history.events(run))).map(({ seq }) => seq) }
}

describe('the history sink', () => {
  it('has kept a finished step, and all before it, when it is told of', async () => {
    const { sink, batches, kept } = await opened()
    await sink.write(recorded({ kind: 'step.started', step, does: 'runs' }, 1))
    await sink.write(output(2))
    expect(batches).toEqual([])
    await sink.write(recorded({ kind: 'step.finished', step, outcome: { kind: 'passed' } }, 3))
    expect([batches, await kept()]).toEqual([[[1, 2, 3]], [1, 2, 3]])
    await sink.close()
  })

  it('keeps output after a while also when nothing follows', async () => {
    const { sink, kept } = await opened()
    await sink.write(output(1))
    await expect.poll(kept).toEqual([1])
    await sink.close()
  })

  it('lets a flood of output wait until it is kept, in order', async () => {
    const { sink, kept } = await opened()
    for (let seq = 1; seq <= 9; seq++) await sink.write(output(seq, 'x'.repeat(100_000)))
    expect(await kept()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
    await sink.close()
  })

  it('says with the next event that it could not keep what waited', async () => {
    const { history } = { history: memoryHistory() }
    let tried = 0
    const sink = historySink({
      ...history,
      append: async () => {
        tried += 1
        throw new Error('disk full')
      },
    })
    await sink.write(output(1))
    await expect.poll(() => tried).toBe(1)
    await expect(async () => sink.write(output(2))).rejects.toThrow('disk full')
    await sink.close().catch(() => undefined)
  })
})
