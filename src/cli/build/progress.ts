/** Shows a build while it runs, in the form that was asked for. What is shown goes to standard error; results go to standard output. */
import type { BuildEvent } from '../../events/build-event.ts'
import { emptyBuild, reduceBuild } from '../../events/build-view.ts'
import { cacheLine } from '../../events/cache-line.ts'
import { failureLines, plainBuild } from '../../events/plain-build.ts'
import { renderDiagnostic } from '../../text/render-diagnostic.ts'
import { paintFor } from '../failures.ts'
import type { World } from '../world.ts'
import type { ProgressForm } from './flags.ts'
import { liveFrame } from './live-frame.ts'

export interface BuildProgress {
  readonly emit: (event: BuildEvent) => void
  /** After it, others may write. Answers the steps that failed with their last words, for the form that people read. */
  end(): readonly string[]
}

export function buildProgress(form: ProgressForm, world: World): BuildProgress {
  const { columns } = world.stderr
  const chosen = form === 'auto' ? (columns === undefined ? 'plain' : 'tty') : form
  if (chosen === 'quiet') return silentProgress(world)
  if (chosen === 'json') return jsonProgress(world)
  return chosen === 'tty' ? liveProgress(world) : plainProgress(world)
}

/** One event as one line of JSON, with the time at which it happened. */
function jsonProgress({ stderr, clock }: World): BuildProgress {
  return { emit: (event) => void stderr.write(`${JSON.stringify({ at: clock.now(), ...event })}\n`), end: () => [] }
}

/** Nothing, unless it fails. */
function silentProgress({ clock }: World): BuildProgress {
  const plain = plainBuild()
  return { emit: (event) => void plain.lines(event, clock.now()), end: () => plain.failures() }
}

function plainProgress({ stderr, clock }: World): BuildProgress {
  const plain = plainBuild()
  const paint = paintFor(stderr)
  return {
    emit(event) {
      const lines = event.kind === 'note' ? [renderDiagnostic(event.note, { paint })] : plain.lines(event, clock.now())
      if (lines.length > 0) void stderr.write(lines.map((line) => `${line}\n`).join(''))
    },
    end: () => plain.failures(),
  }
}

const every = 100

/** Redrawn in place ten times a second. Notes and explanations come when the picture stands still. */
function liveProgress({ stderr, clock }: World): BuildProgress {
  const paint = paintFor(stderr)
  const later: string[] = []
  let view = emptyBuild
  let drawn = 0
  const draw = (rows: number): void => {
    const lines = liveFrame(view, { now: clock.now(), columns: stderr.columns ?? 80, rows, paint })
    const up = drawn > 0 ? `\u001b[${drawn}A\r` : ''
    drawn = lines.length
    void stderr.write(`${up}${lines.map((line) => `${line}\u001b[K\n`).join('')}\u001b[J`)
  }
  const timer = setInterval(() => draw((stderr.rows ?? 24) - 2), every)
  timer.unref()
  return {
    emit(event) {
      view = reduceBuild(view, event, clock.now())
      if (event.kind === 'note') later.push(renderDiagnostic(event.note, { paint }))
      if (event.kind === 'cache') later.push(cacheLine(event))
    },
    end() {
      clearInterval(timer)
      draw(Number.POSITIVE_INFINITY)
      if (later.length > 0) void stderr.write(`${later.join('\n')}\n`)
      return failureLines(view)
    },
  }
}
