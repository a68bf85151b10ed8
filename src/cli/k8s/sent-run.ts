/** In the pod: carries out a run that was sent there. What happens, and what it needs to know, goes over the line. */
import { join } from 'node:path'
import type { Recorded } from '../../events/run-event.ts'
import { readPipeline } from '../../pipeline/read-pipeline.ts'
import { planner } from '../../plan/planner.ts'
import type { RunnerAnswer, RunnerAsk } from '../../ports/cluster-runner.ts'
import type { Intervention } from '../../ports/intervention.ts'
import { type SecretSource, secretValue } from '../../ports/secret-source.ts'
import { sourceFile } from '../../text/source-file.ts'
import { type ExitCode, exitCodes, printDiagnostics } from '../failures.ts'
import { nameValues } from '../name-value.ts'
import { performRun } from '../run/perform-run.ts'
import { insteadOf, selectedStages } from '../runs/instead-of-stages.ts'
import type { World } from '../world.ts'
import type { SentOrder } from './order.ts'

export interface RunLine {
  /** Backpressure. */
  tell(recorded: Recorded): Promise<void>
  ask(ask: RunnerAsk, o: { readonly signal: AbortSignal }): Promise<RunnerAnswer>
}

export async function sentRun(order: SentOrder, room: string, line: RunLine, world: World): Promise<ExitCode> {
  const { run, sequenceId, options, connectors, rules, logLimits, advisories } = order
  const code = join(room, 'code')
  const scan = advisories === undefined ? order.scan : { ...order.scan, db: join(room, 'advisories', advisories.only ?? '') }
  const source = sourceFile(order.name, order.text)
  const read = readPipeline(source, { inputs: nameValues('--input', order.inputs) })
  if (!read.ok) {
    await printDiagnostics(read.diagnostics, [source], world)
    return exitCodes.problems
  }
  const outcome = await performRun(
    {
      plans: planner(read.value, { file: order.name, facts: order.facts }),
      run,
      sequenceId,
      options,
      connectors,
      rules,
      scan,
      codebase: code,
      sent: { folder: code, facts: order.codebase },
      instead: insteadOf({ selected: selectedStages(options.stage), ...(order.taken !== undefined && { taken: order.taken }) }),
      logLimits,
      sinks: [{ name: 'line', write: (recorded) => line.tell(recorded), close: async () => undefined }],
      secrets: [secretsOver(line)],
      ...(order.asks && { intervention: askOver(line) }),
    },
    world,
  )
  if (outcome.kind === 'aborted') return exitCodes.aborted
  return outcome.kind === 'passed' || outcome.kind === 'skipped' ? exitCodes.done : exitCodes.problems
}

/** Each is asked for when it is needed, of the one who has it. */
function secretsOver(line: RunLine): SecretSource {
  return {
    name: 'where the run was started',
    async read(name, w) {
      const answer = await line.ask({ kind: 'secret', name }, w)
      return answer.kind !== 'secret' || answer.value === undefined ? undefined : secretValue(name, answer.value)
    },
  }
}

function askOver(line: RunLine): Intervention {
  return {
    async ask(question, w) {
      const answer = await line.ask({ kind: 'decide', question }, w)
      if (answer.kind !== 'decide') throw new Error('the answer belongs to another question')
      return answer.choice
    },
  }
}
