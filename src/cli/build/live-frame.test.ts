/** The live picture of a build: what runs with its last words and transfers, cut to the terminal. */
import { describe, expect, it } from 'vitest'
import type { BuildEvent } from '../../events/build-event.ts'
import { emptyBuild, reduceBuild } from '../../events/build-view.ts'
import { plainPaint } from '../../text/render-diagnostic.ts'
import { liveFrame } from './live-frame.ts'

const events: readonly BuildEvent[] = [
  { kind: 'step', step: 1, title: '[1/3] COPY a /' },
  { kind: 'end', step: 1, state: 'cached' },
  { kind: 'step', step: 2, title: '[2/3] RUN make \\\n  all' },
  { kind: 'log', step: 2, text: '\u001b[2Jcompiling\u001b[10A' },
  { kind: 'step', step: 3, title: '[internal] read layers of base' },
  { kind: 'progress', step: 3, progress: { task: 'abc', done: 1_000_000, total: 3_000_000 } },
  { kind: 'progress', step: 3, progress: { task: 'def', done: 5, total: 5 } },
]

function frame(rows: number, columns = 50): readonly string[] {
  const view = events.reduce((before, event, i) => reduceBuild(before, event, i * 100), emptyBuild)
  return liveFrame(view, { now: 2000, columns, rows, paint: plainPaint })
}

describe('the live picture of a build', () => {
  it('shows seconds, CACHED, the last lines of what runs and its bytes', () => {
    expect(frame(20)).toEqual([
      '[+] Building 2.0s (1/3)',
      ' => CACHED [1/3] COPY a /                     0.1s',
      ' => [2/3] RUN make all                        1.8s',
      ' => => # compiling',
      ' => [internal] read layers of base            1.6s',
      ' => => abc  1.00 MB / 3.00 MB',
    ])
  })

  it('lets what is over go first when there is no room, and words before steps', () => {
    expect(frame(5).slice(1)).toEqual([
      ' … 1 earlier steps',
      ' => [2/3] RUN make all                        1.8s',
      ' => [internal] read layers of base            1.6s',
    ])
    expect(frame(4)).toHaveLength(4)
    expect(frame(4).join('\n')).toContain('RUN make all')
  })

  it('keeps lines within the terminal', () => {
    for (const line of frame(20, 30)) expect(line.length).toBeLessThanOrEqual(30)
  })
})
