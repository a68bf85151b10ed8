/** `slipway runs`: what was run, and its story told again from history. */
import { humanDuration } from '../../base/human.ts'
import { problem } from '../../base/problem.ts'
import { reduceRun } from '../../events/reduce-run.ts'
import { emptyView, type RunView } from '../../events/run-view.ts'
import type { History, RunRecord } from '../../ports/history.ts'
import type { Sink } from '../../ports/sink.ts'
import { type ExitCode, exitCodes } from '../failures.ts'
import { withHistory } from '../with-history.ts'
import type { World } from '../world.ts'

export interface RunsOptions {
  readonly json?: boolean
  readonly limit?: number
}

export async function listRuns(o: RunsOptions, world: World): Promise<ExitCode> {
  return withHistory(world, async (history) => {
    const runs = await history.list({ limit: o.limit ?? 20 })
    if (o.json === true) await world.stdout.write(`${JSON.stringify(runs, null, 2)}\n`)
    else if (runs.length === 0) await world.stdout.write('no runs yet; start one with: slipway run FILE\n')
    else await world.stdout.write(runs.map(runLine).join(''))
    return exitCodes.done
  })
}

function runLine(run: RunRecord): string {
  const took = run.finishedAt === undefined ? '' : humanDuration(run.finishedAt - run.startedAt)
  const started = new Date(run.startedAt).toISOString().replace('T', ' ').slice(0, 19)
  return `${run.run}  ${`${run.pipelineName} #${run.sequenceId}`.padEnd(30)} ${run.status.padEnd(11)} ${started}  ${took}\n`
}

/** Replays the run's events into the sink that a live run feeds: both show the same. */
export async function logsOfRun(name: string, world: World): Promise<ExitCode> {
  return replay(name, async (record, history) => feed(record, history, await world.tools.sinks.plain(world.stdout)), world)
}

export async function showRun(name: string, o: RunsOptions, world: World): Promise<ExitCode> {
  return replay(
    name,
    async (record, history) => {
      const view = await viewOf(record, history)
      await world.stdout.write(o.json === true ? `${JSON.stringify(viewJson(view), null, 2)}\n` : runLine(record))
    },
    world,
  )
}

async function feed(record: RunRecord, history: History, sink: Sink): Promise<void> {
  for await (const recorded of history.events(record.run)) await sink.write(recorded)
  await sink.close()
}

export async function viewOf(record: RunRecord, history: History): Promise<RunView> {
  let view = emptyView
  for await (const recorded of history.events(record.run)) view = reduceRun(view, recorded)
  return view
}

export function viewJson(view: RunView): object {
  return { ...view, stages: [...view.stages.values()], steps: [...view.steps.values()] }
}

async function replay(name: string, use: (record: RunRecord, history: History) => Promise<void>, world: World): Promise<ExitCode> {
  return withHistory(world, async (history) => {
    const record = await findRun(name, history)
    await use(record, history)
    return exitCodes.done
  })
}

/** By id, by the beginning of an id, by PIPELINE#NUMBER, or `last`. */
async function findRun(name: string, history: History): Promise<RunRecord> {
  const exact = await history.find(name)
  if (exact !== undefined) return exact
  const runs = await history.list({ limit: 10_000 })
  const matches = runs.filter((run) => name === 'last' || run.run.startsWith(name) || `${run.pipelineName}#${run.sequenceId}` === name)
  const first = matches[0]
  if (first === undefined || (matches.length > 1 && name !== 'last')) throw problem('RUN_NOT_FOUND', { run: name })
  return first
}
