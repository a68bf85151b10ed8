import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { memoryHistory } from '../../adapters/store/memory-history.ts'
import { brandAs } from '../../base/brand.ts'
import type { RunId } from '../../events/run-event.ts'
import { stepPath } from '../../events/step-path.ts'
import { lineIndex } from './line-index.ts'

const run = brandAs<RunId>('01log')
const step = stepPath('s', 'a')
const other = stepPath('s', 'b')

async function printed(pieces: readonly string[]) {
  const history = memoryHistory()
  await history.begin({ run, pipeline: 'p', pipelineName: 'p', pipelineFile: 'p', startedAt: 1 })
  let seq = 0
  const print = async (more: readonly string[]): Promise<void> => {
    for (const text of more) {
      await history.append([{ run, seq: ++seq, at: seq, event: { kind: 'step.output', step, stream: 'out', text } }])
      await history.append([{ run, seq: ++seq, at: seq, event: { kind: 'step.output', step: other, stream: 'out', text: 'between\n' } }])
    }
  }
  await print(pieces)
  return { history, print }
}

describe('lines of a log', () => {
  it('are those of its text, however it came in pieces, from any line on', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.stringMatching(/^[ab\n]{0,6}$/), { maxLength: 30 }), fc.nat(20), async (pieces, from) => {
        const whole = pieces.join('')
        const lines = whole === '' ? [] : whole.replace(/\n$/, '').split('\n')
        const { history } = await printed(pieces)
        const index = lineIndex(run, step, history)
        await index.refresh()
        expect(index.total).toBe(lines.length)
        const read = await Array.fromAsync(index.lines(from + 1))
        expect(read.map(({ text }) => text)).toEqual(lines.slice(from))
        expect(read.map(({ n }) => n)).toEqual(lines.map((_, i) => i + 1).slice(from))
      }),
    )
  })

  it('are counted on while the step prints, and found behind many others', async () => {
    const lines = (from: number, count: number): readonly string[] => Array.from({ length: count }, (_, i) => `line ${from + i}\n`)
    const { history, print } = await printed(lines(1, 2500))
    const index = lineIndex(run, step, history)
    await index.refresh()
    await print(['line 2501', '\nline', ' 2502\n', ...lines(2503, 2000)])
    await Promise.all([index.refresh(), index.refresh()])
    expect(index.total).toBe(4502)
    for (const n of [1, 999, 1000, 1001, 2501, 2502, 2503, 4502]) {
      const { value } = await index.lines(n).next()
      expect(value).toMatchObject({ n, text: `line ${n}` })
    }
    expect(await index.lines(4503).next()).toMatchObject({ done: true })
  })
})
