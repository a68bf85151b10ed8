/** The live tree of a terminal: redrawn in place ten times a second, finished runs end with the summary. */
import type { Clock } from '../../base/clock.ts'
import { reduceRun } from '../../events/reduce-run.ts'
import { emptyView } from '../../events/run-view.ts'
import type { Sink } from '../../ports/sink.ts'
import type { Output } from './output.ts'
import { painter } from './paint.ts'
import { summary } from './summary.ts'
import { treeFrame } from './tree-frame.ts'

export function terminalSink(o: { readonly out: Output; readonly clock: Clock; readonly rows: () => number }): Sink {
  const paint = painter(o.out.colour)
  let view = emptyView
  let drawn = 0
  const draw = (rows: number): void => {
    const lines = treeFrame(view, { now: o.clock.now(), columns: o.out.columns ?? 80, rows, paint })
    // Up to the first line of the last frame, then each line with the rest of its row cleared, then everything below.
    const up = drawn > 0 ? `\u001b[${drawn}A\r` : ''
    drawn = lines.length
    void o.out.write(`${up}${lines.map((line) => `${line}\u001b[K\n`).join('')}\u001b[J`)
  }
  const timer = setInterval(() => draw(o.rows() - 2), 100)
  timer.unref()
  return {
    name: 'terminal',
    write(recorded) {
      view = reduceRun(view, recorded)
    },
    async close() {
      clearInterval(timer)
      draw(Number.POSITIVE_INFINITY)
      await o.out.write(summary(view, paint))
    },
  }
}
