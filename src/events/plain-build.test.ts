/** A build told in lines: prefixes, durations, switches between steps, and the summary of a failure. */
import { describe, expect, it } from 'vitest'
import type { BuildEvent } from './build-event.ts'
import { plainBuild } from './plain-build.ts'

function told(events: readonly (readonly [number, BuildEvent])[]) {
  const plain = plainBuild()
  return { lines: events.flatMap(([at, event]) => plain.lines(event, at)), failures: plain.failures() }
}

describe('a build in lines', () => {
  it('shows steps, output with its time, durations and what was cached', () => {
    const { lines, failures } = told([
      [0, { kind: 'step', step: 1, title: '[1/2] COPY a /' }],
      [100, { kind: 'end', step: 1, state: 'cached' }],
      [100, { kind: 'step', step: 2, title: '[2/2] RUN make \\\n  all' }],
      [223, { kind: 'log', step: 2, text: 'compiling' }],
      [500, { kind: 'end', step: 2, state: 'done' }],
    ])
    expect(lines).toEqual(['#1 [1/2] COPY a /', '#1 CACHED', '', '#2 [2/2] RUN make all', '#2 0.123 compiling', '#2 DONE 0.4s'])
    expect(failures).toEqual([])
  })

  it('names the step again when two speak in turns', () => {
    const { lines } = told([
      [0, { kind: 'step', step: 1, title: 'one' }],
      [0, { kind: 'step', step: 2, title: 'two' }],
      [10, { kind: 'log', step: 1, text: 'a' }],
      [20, { kind: 'log', step: 1, text: 'b' }],
      [30, { kind: 'end', step: 2, state: 'done' }],
    ])
    expect(lines).toEqual(['#1 one', '', '#2 two', '', '#1 one', '#1 0.010 a', '#1 0.020 b', '', '#2 two', '#2 DONE 0.0s'])
  })

  it('tells transfers at their beginning and end, not every time', () => {
    const bytes = (done: number): BuildEvent => ({ kind: 'progress', step: 1, progress: { task: 'abc', done, total: 3_000_000 } })
    const { lines } = told([
      [0, { kind: 'step', step: 1, title: 'read' }],
      [0, bytes(1_000_000)],
      [0, bytes(2_000_000)],
      [0, bytes(3_000_000)],
      [0, bytes(3_000_000)],
    ])
    expect(lines).toEqual(['#1 read', '#1 abc 1.00 MB / 3.00 MB', '#1 abc 3.00 MB / 3.00 MB'])
  })

  it('ends with what failed and its last words', () => {
    const log = (text: string): BuildEvent => ({ kind: 'log', step: 1, text })
    const words = Array.from({ length: 30 }, (_, i) => [i, log(`line ${i}`)] as const)
    const { lines, failures } = told([
      [0, { kind: 'step', step: 1, title: '[2/2] RUN false' }],
      ...words,
      [2, { kind: 'step', step: 2, title: 'other' }],
      [40, { kind: 'end', step: 1, state: 'failed', reason: 'exit code 1' }],
      [40, { kind: 'end', step: 2, state: 'aborted' }],
    ])
    expect(lines).toContain('#1 ERROR: exit code 1')
    expect(lines).toContain('#2 CANCELED')
    expect(failures.slice(0, 3)).toEqual(['------', ' > [2/2] RUN false:', '0.020 line 20'])
    expect(failures.slice(-2)).toEqual(['0.029 line 29', '------'])
    expect(failures).toHaveLength(13)
  })
})
