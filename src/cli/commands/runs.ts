/** `slipway runs`: what was run, on one line or one page each. */
import type { History, RunRecord, RunStatus } from '../../ports/history.ts'
import { type ExitCode, exitCodes } from '../failures.ts'
import { countOption } from '../runs/amount-options.ts'
import { describeRun, isBad } from '../runs/describe-run.ts'
import { findRun } from '../runs/find-run.ts'
import { lastLines } from '../runs/last-lines.ts'
import { isResumable, leftOfRun } from '../runs/resumable.ts'
import { runLine } from '../runs/run-line.ts'
import { viewJson, viewOf } from '../runs/view-of-run.ts'
import { withHistory } from '../with-history.ts'
import type { World } from '../world.ts'

export interface ListOptions {
  readonly json?: boolean
  readonly limit?: string
  readonly pipeline?: string
  readonly status?: RunStatus
}

export async function listRuns(o: ListOptions, world: World): Promise<ExitCode> {
  const limit = countOption('--limit', o.limit ?? '20')
  const { pipeline, status } = o
  return withHistory(world, async (history) => {
    const runs = await history.list({ limit, ...(pipeline !== undefined && { pipeline }), ...(status !== undefined && { status }) })
    const none = pipeline === undefined && status === undefined ? 'no runs yet; start one with: slipway run FILE\n' : 'no such runs\n'
    if (o.json === true) await world.stdout.write(`${JSON.stringify(runs, null, 2)}\n`)
    else await world.stdout.write(runs.length === 0 ? none : runs.map(runLine).join('') + (await resumeLine(runs, history, world)))
    return exitCodes.done
  })
}

/** Where there is something to go on with. */
async function resumeLine(runs: readonly RunRecord[], history: History, { clock }: World): Promise<string> {
  for (const record of runs.filter(({ status }) => status === 'interrupted')) {
    if (!(await isResumable(record.run, history, clock.now())) || (await leftOfRun(record, history)).stages.length === 0) continue
    return `go on with what was interrupted: slipway runs resume ${record.run}\n`
  }
  return ''
}

const tailLines = 12

export async function showRun(name: string, o: { readonly json?: boolean }, world: World): Promise<ExitCode> {
  return withHistory(world, async (history) => {
    const record = await findRun(name, history)
    if (o.json === true) {
      await world.stdout.write(`${JSON.stringify(viewJson(await viewOf(record, history)), null, 2)}\n`)
      return exitCodes.done
    }
    const view = await viewOf(record, history, { output: false })
    const tails = new Map<string, string>()
    for (const { path: step } of [...view.steps.values()].filter(isBad)) {
      const tail = lastLines(tailLines)
      const outputAfter = await history.outputMark(record.run, { lines: tailLines, step })
      for await (const { event } of history.events(record.run, { step, outputAfter })) if (event.kind === 'step.output') tail.push(event.text)
      tails.set(step, tail.take())
    }
    // Unreadable without its key; the rest of the page is not.
    const given = await history.given(record.run).catch(() => undefined)
    await world.stdout.write(describeRun({ record, view, given, tails }))
    return exitCodes.done
  })
}
