/** Nothing of a run but its closing words: what was made, or what failed and how to go on. */
import type { Sink } from '../../ports/sink.ts'
import { calmFold } from './calm-fold.ts'
import type { Output } from './output.ts'
import { painter } from './paint.ts'
import { summary } from './summary.ts'

export function quietSink(out: Output): Sink {
  const fold = calmFold()
  return {
    name: 'quiet',
    write(recorded) {
      fold.see(recorded)
    },
    async close() {
      await out.write(summary(fold.view(), { paint: painter(out.colour), colours: out.colour, warnings: false }).replace(/^\n/, ''))
    },
  }
}
