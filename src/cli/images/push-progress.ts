/** Bytes on their way: bars with rates on a terminal, nothing but the results elsewhere. */
import { humanBytes } from '../../base/human.ts'
import { shortDigest } from '../../oci/digest.ts'
import type { PushEvent } from '../../registry/push.ts'
import type { World } from '../world.ts'

export interface PushProgress {
  readonly onEvent: (event: PushEvent) => void
  /** Takes the bars away: what comes next is written below nothing. */
  end(): void
}

interface Bar {
  readonly name: string
  readonly startedAt: number
  event: PushEvent
}

const every = 100

export function pushProgress(world: World): PushProgress {
  const out = world.stderr
  if (out.columns === undefined) return { onEvent: () => undefined, end: () => undefined }
  const bars = new Map<string, Bar>()
  let drawn = 0
  const draw = (lines: readonly string[]): void => {
    void out.write(`${drawn > 0 ? `\u001b[${drawn}A\r` : ''}${lines.map((line) => `${line}\u001b[K\n`).join('')}\u001b[J`)
    drawn = lines.length
  }
  const timer = setInterval(() => draw(barLines([...bars.values()], world.clock.now(), out.columns ?? 80, (out.rows ?? 24) - 2)), every)
  timer.unref()
  return {
    onEvent(event) {
      const key = `${event.registry} ${event.digest}`
      const bar = bars.get(key)
      if (bar === undefined) bars.set(key, { name: `${event.registry} ${shortDigest(event.digest)}`, startedAt: world.clock.now(), event })
      else bar.event = event
    },
    end() {
      clearInterval(timer)
      draw([])
    },
  }
}

const done = new Set(['present', 'mounted', 'uploaded'])

/** Uploads under way first; what is finished is one line together. */
function barLines(bars: readonly Bar[], now: number, columns: number, rows: number): readonly string[] {
  const busy = bars.filter(({ event }) => !done.has(event.state))
  const finished = bars.length - busy.length
  const lines = busy.slice(0, Math.max(1, rows - 1)).map((bar) => barLine(bar, now, columns))
  return finished === 0 ? lines : [...lines, `${finished} of ${bars.length} blobs done`]
}

function barLine({ name, startedAt, event }: Bar, now: number, columns: number): string {
  if (event.state === 'checking') return `${name}  checking`
  const width = Math.max(10, Math.min(30, columns - name.length - 40))
  if (event.total === 0 && event.bytes > 0) return `${name}  ${humanBytes(event.bytes)}  ${humanBytes(event.bytes / Math.max(0.1, (now - startedAt) / 1000))}/s`
  const filled = Math.round((event.total === 0 ? 1 : event.bytes / event.total) * width)
  const rate = event.bytes / Math.max(0.1, (now - startedAt) / 1000)
  return `${name}  [${'='.repeat(filled)}${' '.repeat(width - filled)}] ${humanBytes(event.bytes)} of ${humanBytes(event.total)}  ${humanBytes(rate)}/s`
}
