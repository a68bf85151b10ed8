/** `slipway runs logs`: a run's story with all output, or the output of one step as it was printed; from the end, from a moment on, as it comes. */
import type { Recorded } from '../../events/run-event.ts'
import type { EventRange, History, RunRecord } from '../../ports/history.ts'
import type { Sink } from '../../ports/sink.ts'
import { type ExitCode, exitCodes } from '../failures.ts'
import { withHistory } from '../with-history.ts'
import type { World, Writer } from '../world.ts'
import { countOption, momentOption } from './amount-options.ts'
import { findRun } from './find-run.ts'
import { findStep } from './find-step.ts'
import { followRun } from './follow-run.ts'
import { lastLines } from './last-lines.ts'
import { viewOf } from './view-of-run.ts'

export interface LogsOptions {
  readonly follow?: boolean
  readonly tail?: string
  /** A duration before now, or a moment. */
  readonly since?: string
}

export async function logsOfRun(name: string, stepName: string | undefined, o: LogsOptions, world: World): Promise<ExitCode> {
  const tail = o.tail === undefined ? undefined : countOption('--tail', o.tail)
  const since = o.since === undefined ? undefined : momentOption(o.since, world.clock.now())
  return withHistory(world, async (history) => {
    const record = await findRun(name, history)
    const step = stepName === undefined ? undefined : findStep(stepName, await viewOf(record, history, { output: false }))
    const ofStep = step === undefined ? {} : { step }
    const asked = tail !== undefined || since !== undefined
    const mark = asked
      ? await history.outputMark(record.run, { ...ofStep, ...(tail !== undefined && { lines: tail }), ...(since !== undefined && { since }) })
      : 0
    const shown = await show(world, { tail, since, raw: step !== undefined })
    try {
      for await (const recorded of source(record, history, { ...ofStep, outputAfter: mark }, o, world)) {
        if (recorded === 'quiet') await shown.caughtUp()
        else await shown.sink.write(recorded)
      }
      await shown.caughtUp()
      if (!asked && step === undefined) await shown.sink.close()
      return exitCodes.done
    } catch (error) {
      if (!world.signal.aborted) throw error
      return exitCodes.aborted
    }
  })
}

function source(record: RunRecord, history: History, range: EventRange, o: LogsOptions, world: World): AsyncIterable<Recorded | 'quiet'> {
  return o.follow === true ? followRun(record.run, history, { range, clock: world.clock, signal: world.signal }) : history.events(record.run, range)
}

interface Shown {
  readonly sink: Sink
  /** All that there was so far was written: of it, the last lines are shown now. */
  caughtUp(): Promise<void>
}

/** Everything passes the sink, so that it knows the run; what is older than asked for is not shown. */
async function show(world: World, o: { readonly tail: number | undefined; readonly since: number | undefined; readonly raw: boolean }): Promise<Shown> {
  let held = o.tail === undefined ? undefined : lastLines(o.tail)
  let old = false
  const out: Writer = {
    write: (text) => {
      if (old) return
      if (held === undefined) return world.stdout.write(text)
      held.push(String(text))
    },
    columns: undefined,
    rows: undefined,
    colour: world.stdout.colour,
  }
  const sink = o.raw ? rawSink(out) : await world.tools.sinks.plain(out)
  return {
    sink: {
      ...sink,
      write: async (recorded) => {
        old = o.since !== undefined && recorded.at < o.since
        await sink.write(recorded)
      },
    },
    async caughtUp() {
      const text = held?.take() ?? ''
      held = undefined
      if (text !== '') await world.stdout.write(text)
    },
  }
}

function rawSink(out: Writer): Sink {
  return { name: 'raw', write: ({ event }) => (event.kind === 'step.output' ? out.write(event.text) : undefined), close: async () => undefined }
}
