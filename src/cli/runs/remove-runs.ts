/** `slipway runs delete` and `prune`: forgets runs, with all that belongs to them. Numbers are not given again. */
import { humanBytes, plural } from '../../base/human.ts'
import { problem } from '../../base/problem.ts'
import type { History, RunRecord } from '../../ports/history.ts'
import { type ExitCode, exitCodes } from '../failures.ts'
import { durationOption } from '../images/amounts.ts'
import { withHistory } from '../with-history.ts'
import type { World } from '../world.ts'
import { countOption } from './amount-options.ts'
import { findRun, nameOf } from './find-run.ts'

export async function deleteRuns(names: readonly string[], world: World): Promise<ExitCode> {
  return withHistory(world, async (history) => {
    const runs = new Map<string, RunRecord>()
    for (const name of names) {
      const record = await findRun(name, history)
      if (record.status === 'running') throw problem('RUN_RUNNING', { run: nameOf(record) })
      runs.set(record.run, record)
    }
    await history.remove([...runs.values()].map(({ run }) => run))
    for (const record of runs.values()) await world.stdout.write(`removed ${nameOf(record)}\n`)
    return exitCodes.done
  })
}

export interface PruneRunsOptions {
  /** Of each pipeline, the newest so many stay. */
  readonly keep?: string
  readonly olderThan?: string
  readonly dryRun?: boolean
  readonly json?: boolean
}

export async function pruneRuns(o: PruneRunsOptions, world: World): Promise<ExitCode> {
  const keep = o.keep === undefined ? undefined : countOption('--keep', o.keep)
  const before = o.olderThan === undefined ? undefined : world.clock.now() - durationOption('--older-than', o.olderThan)
  const dryRun = o.dryRun ?? false
  return withHistory(world, async (history) => {
    const gone = keep === undefined && before === undefined ? [] : await choose(history, { keep: keep ?? 0, before })
    const strays = await history.strays({ remove: !dryRun })
    if (!dryRun) await history.remove(gone.map(({ run }) => run))
    if (o.json === true) await world.stdout.write(`${JSON.stringify({ dryRun, runs: gone.map(({ run }) => run), strays }, null, 2)}\n`)
    else await tell(gone, strays, dryRun, world)
    return exitCodes.done
  })
}

/** What is under way stays. With both options a run goes that is old and is not among the newest of its pipeline. */
async function choose(history: History, o: { readonly keep: number; readonly before: number | undefined }): Promise<readonly RunRecord[]> {
  const seen = new Map<string, number>()
  return (await history.list({ limit: Number.MAX_SAFE_INTEGER })).filter(({ pipeline, status, startedAt }) => {
    const newer = seen.get(pipeline) ?? 0
    seen.set(pipeline, newer + 1)
    return status !== 'running' && newer >= o.keep && (o.before === undefined || startedAt < o.before)
  })
}

async function tell(gone: readonly RunRecord[], strays: { readonly count: number; readonly bytes: number }, dryRun: boolean, world: World): Promise<void> {
  const verb = dryRun ? 'would remove' : 'removed'
  for (const record of gone) await world.stdout.write(`${verb} ${nameOf(record)}\n`)
  if (strays.count > 0) await world.stdout.write(`${verb} ${humanBytes(strays.bytes)} in ${plural(strays.count, 'log')} of runs that are not known\n`)
  await world.stdout.write(`${verb} ${plural(gone.length, 'run')}\n`)
}
