/** `slipway runs rerun RUN`: the same inputs once more; from the first failed stage, if that is wanted. */
import { diagnose } from '../../base/diagnostic.ts'
import { problem } from '../../base/problem.ts'
import { type ExitCode, printDiagnostics } from '../failures.ts'
import { readText } from '../load-pipeline.ts'
import { nameValues } from '../name-value.ts'
import type { Loudness } from '../run/output-forms.ts'
import { findRun, nameOf } from '../runs/find-run.ts'
import { type Again, digestOf } from '../runs/given.ts'
import { withHistory } from '../with-history.ts'
import type { World } from '../world.ts'
import { type RunOptions, runCommand } from './run.ts'

export interface RerunOptions extends Loudness {
  readonly fromFailed?: boolean
  readonly input: readonly string[]
  readonly var: readonly string[]
  readonly output: RunOptions['output']
  readonly ask?: boolean
  readonly id?: RunOptions['id']
  readonly begun?: RunOptions['begun']
}

export async function rerunCommand(name: string, o: RerunOptions, world: World): Promise<ExitCode> {
  const again = await withHistory(world, async (history): Promise<Again> => {
    const of = await findRun(name, history)
    const given = await history.given(of.run)
    if (given === undefined) throw problem('RUN_NOT_REPEATABLE', { run: nameOf(of), file: of.pipelineFile })
    return { of, given, fromFailed: o.fromFailed ?? false, changed: o.input.length + o.var.length > 0 }
  })
  const { of, given } = again
  const { cwd, ...before } = given.options as unknown as RunOptions & { readonly cwd: string }
  const text = await readText(of.pipelineFile, of.pipelineFile, world)
  if (digestOf(text) !== given.text) await printDiagnostics([diagnose('RERUN_TEXT_CHANGED', { file: of.pipelineFile, run: nameOf(of) })], [], world)
  const values = { input: replaced('--input', before.input, o.input), var: replaced('--var', before.var, o.var) }
  const loudness = { ...(o.quiet === true && { quiet: true }), ...(o.verbose === true && { verbose: true }) }
  const ordered = { ...(o.ask === true && { ask: true }), ...(o.id !== undefined && { id: o.id }), ...(o.begun !== undefined && { begun: o.begun }) }
  const options = { ...before, ...values, ...loudness, ...ordered, output: o.output }
  // Paths among the options are from where the first run was started.
  return runCommand(of.pipelineFile, options, { ...world, cwd }, again)
}

function replaced(option: string, before: readonly string[], now: readonly string[]): readonly string[] {
  return Object.entries({ ...nameValues(option, before), ...nameValues(option, now) }).map(([name, value]) => `${name}=${value}`)
}
