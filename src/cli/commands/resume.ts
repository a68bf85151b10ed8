/** `slipway runs resume [RUN]`: goes on with a run whose process died, where that had to leave it. */
import { problem } from '../../base/problem.ts'
import type { History, RunRecord } from '../../ports/history.ts'
import type { ExitCode } from '../failures.ts'
import { readText } from '../load-pipeline.ts'
import type { Loudness } from '../run/output-forms.ts'
import { findRun, nameOf } from '../runs/find-run.ts'
import { type Again, digestOf } from '../runs/given.ts'
import { leftOfRun } from '../runs/resumable.ts'
import { withHistory } from '../with-history.ts'
import type { World } from '../world.ts'
import { type RunOptions, runCommand } from './run.ts'

export interface ResumeOptions extends Loudness {
  readonly output: RunOptions['output']
  readonly json?: boolean
  readonly ask?: boolean
}

export async function resumeCommand(name: string | undefined, o: ResumeOptions, world: World): Promise<ExitCode> {
  const { again, file } = await withHistory(world, (history) => chosen(name, history), { tellInterrupted: false })
  const { of, given } = again
  const { cwd, ...before } = given.options as unknown as RunOptions & { readonly cwd: string }
  const text = await readText(of.pipelineFile, of.pipelineFile, world)
  // Its containers were made for the steps that it had.
  if (digestOf(text) !== given.text) throw problem('RESUME_TEXT_CHANGED', { file: of.pipelineFile, run: nameOf(of), id: of.run })
  const loudness = { ...(o.quiet === true && { quiet: true }), ...(o.verbose === true && { verbose: true }) }
  const output: RunOptions['output'] = o.json === true ? { screen: 'ndjson', files: o.output?.files ?? [] } : o.output
  const options = { ...before, ...loudness, ...(o.ask === true && { ask: true }), output }
  return runCommand(file, options, { ...world, cwd }, again)
}

async function chosen(name: string | undefined, history: History): Promise<{ readonly again: Again; readonly file: string }> {
  const of = name === undefined ? await latest(history) : await findRun(name, history)
  if (of.status === 'running') throw problem('RUN_AT_WORK', { run: nameOf(of), id: of.run })
  if (of.status !== 'interrupted') throw problem('RUN_ENDED', { run: nameOf(of), status: of.status, id: of.run })
  const given = await history.given(of.run)
  if (given === undefined) throw problem('RUN_NOT_REPEATABLE', { run: nameOf(of), file: of.pipelineFile })
  const { stages, file } = await leftOfRun(of, history)
  if (stages.length === 0) throw problem('RUN_NOTHING_LEFT', { run: nameOf(of), id: of.run })
  return { again: { of, given, fromFailed: false, changed: false, resumes: true }, file }
}

async function latest(history: History): Promise<RunRecord> {
  const [found] = await history.list({ status: 'interrupted', limit: 1 })
  if (found === undefined) throw problem('RUN_NONE_INTERRUPTED', {})
  return found
}
