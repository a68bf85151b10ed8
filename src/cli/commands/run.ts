/** `slipway run FILE`: check, number, run, and end as the run ends. */
import { brandAs } from '../../base/brand.ts'
import { hasErrors } from '../../base/diagnostic.ts'
import { problem } from '../../base/problem.ts'
import { uniqueId } from '../../base/unique-id.ts'
import type { LogLimits } from '../../engine/log-limits.ts'
import type { StandIn } from '../../engine/stand-in.ts'
import type { Outcome } from '../../events/outcome.ts'
import type { RunId } from '../../events/run-event.ts'
import type { Pipeline } from '../../pipeline/pipeline.ts'
import { codebaseSource } from '../../plan/codebase-source.ts'
import type { RunFacts } from '../../plan/facts.ts'
import type { Plan } from '../../plan/plan.ts'
import { planner } from '../../plan/planner.ts'
import type { History, RunRecord } from '../../ports/history.ts'
import type { InfraName } from '../../ports/infrastructure.ts'
import type { Intervention } from '../../ports/intervention.ts'
import type { Engine } from '../../settings/vocabulary.ts'
import { chooseCode } from '../choose-code.ts'
import { type ExitCode, exitCodes, printDiagnostics } from '../failures.ts'
import { hostRules } from '../host-rules.ts'
import type { InCluster } from '../k8s/perform-in-cluster.ts'
import { type LoadedPipeline, loadPipeline } from '../load-pipeline.ts'
import { nameValues } from '../name-value.ts'
import { pipelineKey } from '../pipeline-key.ts'
import { readFacts } from '../read-facts.ts'
import { renderPlan } from '../render-plan.ts'
import { askEverywhere } from '../run/ask-everywhere.ts'
import { gatherInputs } from '../run/gather-inputs.ts'
import { heedStops } from '../run/heed-stops.ts'
import { performRun } from '../run/perform-run.ts'
import { type Watching, type WatchOptions, watchRun } from '../run/watch-run.ts'
import { checkSelection } from '../runs/check-selection.ts'
import { nameOf } from '../runs/find-run.ts'
import { type Again, givenOf } from '../runs/given.ts'
import { type Instead, insteadOf, selectedStages, takenStages } from '../runs/instead-of-stages.ts'
import { pastOfRun } from '../runs/past-of-run.ts'
import { pinnedCode } from '../runs/pinned-code.ts'
import { repeat } from '../runs/repeat.ts'
import { isResumable } from '../runs/resumable.ts'
import { type ScannerName, scanChoice } from '../scan/scan-choice.ts'
import type { Codebase } from '../toolbox.ts'
import { withHistory } from '../with-history.ts'
import type { World } from '../world.ts'

export interface RunOptions extends WatchOptions {
  readonly input: readonly string[]
  readonly var: readonly string[]
  readonly map: readonly string[]
  readonly on?: InfraName
  readonly engine?: Engine
  readonly codebase?: string
  /** Identifiers of the stages to run, with commas between them; without any all of them run. */
  readonly stage?: readonly string[]
  readonly clone?: boolean
  readonly scanner?: ScannerName
  readonly inputsFile?: string
  /** Says on the error stream which credential was chosen for each registry, from where and why. */
  readonly debugAuth?: boolean
  /** Bytes. */
  readonly logLine?: number
  readonly logStep?: number
  /** It is done by a pod: kept, so that a repeat is done there too. */
  readonly inCluster?: InCluster
  /** That the run was promised when it was queued. */
  readonly id?: RunId
  /** Hears which run it is, once it has begun. */
  readonly begun?: (run: RunRecord) => void
}

export async function runCommand(name: string, { inputsFile, ...given }: RunOptions, world: World, again?: Again): Promise<ExitCode> {
  const o = { ...given, input: await gatherInputs(name, { ...given, ...(inputsFile !== undefined && { inputsFile }) }, world) }
  const loaded = await loadPipeline(name, nameValues('--input', o.input), world)
  const facts = await readFacts(o, loaded.config, world)
  const { codebase, facts: code } = await chooseCode(o, loaded.file, world)
  const cloned = loaded.pipeline !== undefined && codebaseSource(loaded.pipeline, { ...facts, ...code }).kind === 'clone'
  // What the work tree is says nothing about a clone.
  const repeated = again === undefined ? undefined : repeat(again, cloned ? {} : codebase.facts)
  const before = { ...facts, ...code, ...(cloned && { codebase: {} }), ...repeated?.facts, connectorsNeeded: o.on !== 'fake' }
  const plan = (given: RunFacts) => (loaded.pipeline === undefined ? undefined : planner(loaded.pipeline, { file: name, facts: given }).plan())
  const waiting = plan(before)
  // With a number and an identifier too, as the run will have them: a text may be wrong only then, and nothing has begun yet.
  const startTs = world.clock.now()
  const rehearsed = waiting?.ok === true ? plan({ ...before, sequenceId: 1, executionId: uniqueId(startTs, world.random(16)), startTs }) : waiting
  const checked = rehearsed?.ok === false ? rehearsed : waiting
  const selected = selectedStages(o.stage)
  const findings = [...loaded.diagnostics, ...(checked?.diagnostics ?? []), ...(repeated?.notes ?? []), ...checkSelection(selected, loaded.pipeline)]
  await printDiagnostics(
    findings.filter(({ severity }) => o.verbose === true || severity === 'error' || (severity === 'warning' && o.quiet !== true)),
    loaded.sources,
    world,
  )
  if (loaded.pipeline === undefined || checked?.ok !== true || hasErrors(findings)) return exitCodes.problems
  if (o.verbose === true) await world.stderr.write(renderPlan(checked.value))
  const { pipeline } = loaded
  world.orderly()
  if (again?.changed === true && pipeline.fixedInputsOnRerun === true) throw problem('RERUN_INPUTS_FIXED', {})
  return withHistory(world, async (history) => {
    const taken = again?.fromFailed === true ? await takenStages(again.of, history) : undefined
    const pinned = again === undefined ? undefined : await pinnedCode(again.of, history)
    const instead = insteadOf({ selected, ...(taken !== undefined && { taken }) })
    const known = { ...before, ...(pinned !== undefined && { pinned }) }
    return numbered(
      { pipeline, loaded, facts: known, codebase, options: o, history, instead, again, plan: checked.value, ...(taken !== undefined && { taken }) },
      performFor(o),
      world,
    )
  })
}

export interface Prepared {
  readonly pipeline: Pipeline
  /** As it was before it had a number. */
  readonly plan: Plan
  readonly loaded: LoadedPipeline
  readonly facts: RunFacts
  readonly codebase: Codebase
  readonly options: RunOptions
  readonly history: History
  readonly instead: Instead
  /** Stages that are taken from another run. */
  readonly taken?: ReadonlyMap<string, StandIn>
  readonly again: Again | undefined
}

async function numbered(p: Prepared, perform: Perform, world: World): Promise<ExitCode> {
  const record = p.again?.resumes === true ? await taken(p.again, p.history) : await begun(p, world)
  const facts = { ...p.facts, sequenceId: record.sequenceId, executionId: record.run, startTs: record.startedAt }
  p.options.begun?.(record)
  const stops = await heedStops(record.run, world)
  const outcome = await perform(record, facts, p, world).finally(() => stops.end())
  if (outcome.kind === 'aborted') return exitCodes.aborted
  return outcome.kind === 'passed' || outcome.kind === 'skipped' ? exitCodes.done : exitCodes.problems
}

/** The same run once more, by this process. Of two that want it one gets it. */
async function taken({ of }: Again, history: History): Promise<RunRecord> {
  const record = await history.resume(of.run)
  if (record === undefined) throw problem('RUN_AT_WORK', { run: nameOf(of), id: of.run })
  return record
}

function begun(p: Prepared, world: World): Promise<RunRecord> {
  const startedAt = world.clock.now()
  return p.history.begin({
    run: p.options.id ?? brandAs<RunId>(uniqueId(startedAt, world.random(16))),
    pipeline: pipelineKey(p.pipeline),
    pipelineName: p.pipeline.name,
    pipelineFile: p.loaded.file,
    startedAt,
    given: givenOf({ options: p.options, text: p.loaded.text, cwd: world.cwd, codebase: p.facts.codebase, again: p.again }),
  })
}

/** Carries out what is prepared, and tells the sinks of it. */
export type Perform = (record: RunRecord, facts: RunFacts, p: Prepared, world: World) => Promise<Outcome>

/** The pod's part is loaded where it is wanted. */
function performFor({ inCluster }: Pick<RunOptions, 'inCluster'>): Perform {
  if (inCluster === undefined) return performHere
  return async (...run) => (await import('../k8s/perform-in-cluster.ts')).performInCluster(inCluster)(...run)
}

const performHere: Perform = async (record, facts, p, world) => {
  const { options, loaded } = p
  const rules = options.on === 'fake' ? [] : await hostRules(options.map, loaded.config, world, loaded)
  const watching = await watchRun(options, world)
  const past = p.again?.resumes === true ? await pastOfRun(record, p.history, watching.sinks) : undefined
  try {
    return await performRun(
      {
        plans: planner(p.pipeline, { file: loaded.name, facts }),
        run: record.run,
        sequenceId: record.sequenceId,
        options,
        connectors: loaded.config.connectors,
        rules,
        scan: scanChoice(loaded.config, options, world),
        codebase: p.codebase.folder,
        instead: p.instead,
        logLimits: logLimits(p),
        sinks: [await world.tools.sinks.history(p.history), ...watching.sinks],
        resumable: (run) => isResumable(run, p.history, world.clock.now()),
        ...(past !== undefined && { past }),
        ...(await asking(watching, record.run, options, world)),
      },
      world,
    )
  } finally {
    await watching.end()
  }
}

/** The command line goes before the configuration. */
export function logLimits({ options: { logLine, logStep }, loaded }: Prepared): LogLimits {
  return { ...loaded.config.logs, ...(logLine !== undefined && { line: logLine }), ...(logStep !== undefined && { step: logStep }) }
}

/** On fake hours pass at once: nobody could answer in time. */
export async function asking(
  { intervention }: Watching,
  run: RunId,
  { on, ask }: RunOptions,
  { tools, home }: World,
): Promise<{ readonly intervention?: Intervention }> {
  if ((intervention === undefined && ask !== true) || on === 'fake') return {}
  return { intervention: askEverywhere(run, await tools.answers(home), intervention) }
}
