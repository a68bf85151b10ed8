/** The live tree of a terminal: redrawn in place ten times a second at most; finished runs end with the summary. */
import type { Clock } from '../../base/clock.ts'
import type { Sink } from '../../ports/sink.ts'
import { clip } from '../../text/terminal-text.ts'
import type { Panel } from '../intervention/ask-on-keys.ts'
import { calmFold } from './calm-fold.ts'
import type { Output } from './output.ts'
import { painter } from './paint.ts'
import { progressMemory } from './progress-lines.ts'
import { screen } from './screen.ts'
import { summary } from './summary.ts'
import { treeFrame } from './tree-frame.ts'

export interface TerminalOptions {
  readonly out: Output
  readonly clock: Clock
  /** Aborted by the first Ctrl-C. */
  readonly stopping: AbortSignal
  /** Drawn below the tree. */
  readonly panel?: Panel
}

const every = 100
/** Rows of the last picture; a run of thousands of steps is folded there too. */
const mostAtEnd = 200

export function terminalSink({ out, clock, stopping, panel }: TerminalOptions): Sink {
  const paint = painter(out.colour)
  const picture = screen(out)
  const progress = progressMemory()
  const fold = calmFold()
  // A run of its own time, as on infrastructure fake, may be ahead of this machine's.
  let last = 0
  const draw = (rows: number): void => {
    const columns = Math.max(1, (out.columns ?? 80) - 1)
    const asked = (panel?.lines() ?? []).map((line) => clip(line, columns))
    const room = Math.max(1, rows - asked.length)
    const options = { now: Math.max(last, clock.now()), columns, rows: room, paint, colours: out.colour, progress: progress.lines }
    picture.draw([...treeFrame(fold.view(), { ...options, stopping: stopping.aborted }), ...asked].slice(-Math.max(1, rows)))
  }
  // One line is left for the cursor: a picture that fills the terminal would scroll it.
  let rest = 0
  const tick = (): void => {
    const from = clock.now()
    if (from < rest) return
    draw((out.rows ?? 24) - 1)
    // A picture of thousands of steps is drawn less often: a tenth of the time at most goes into it.
    rest = clock.now() + (clock.now() - from) * 9
  }
  const timer = setInterval(tick, every)
  timer.unref()
  return {
    name: 'terminal',
    write(recorded) {
      fold.see(recorded)
      last = recorded.at
      progress.see(recorded)
    },
    async close() {
      clearInterval(timer)
      await picture.print('')
      draw(mostAtEnd)
      picture.end()
      await out.write(summary(fold.view(), { paint, colours: out.colour, warnings: true }))
    },
  }
}
