/** `slipway plan FILE`: what a run would do, without doing any of it. */
import type { Diagnostic } from '../../base/diagnostic.ts'
import { canonicalParts } from '../../base/json.ts'
import type { Pipeline } from '../../pipeline/pipeline.ts'
import type { RunFacts } from '../../plan/facts.ts'
import type { Plan } from '../../plan/plan.ts'
import { planner } from '../../plan/planner.ts'
import type { InfraName } from '../../ports/infrastructure.ts'
import type { Engine } from '../../settings/vocabulary.ts'
import { chooseCode } from '../choose-code.ts'
import { codeFor, type ExitCode, exitCodes, printDiagnostics } from '../failures.ts'
import { loadPipeline } from '../load-pipeline.ts'
import { nameValues } from '../name-value.ts'
import { pipelineKey } from '../pipeline-key.ts'
import { readFacts } from '../read-facts.ts'
import { renderEnv } from '../render-env.ts'
import { renderPlan } from '../render-plan.ts'
import type { World } from '../world.ts'

export interface PlanOptions {
  readonly input: readonly string[]
  readonly var: readonly string[]
  readonly on?: InfraName
  readonly engine?: Engine
  readonly facts?: string
  readonly codebase?: string
  readonly clone?: boolean
  readonly json?: boolean
  readonly env?: boolean
}

export async function planCommand(name: string, o: PlanOptions, world: World): Promise<ExitCode> {
  const loaded = await loadPipeline(name, nameValues('--input', o.input), world)
  const diagnostics: Diagnostic[] = [...loaded.diagnostics]
  if (loaded.pipeline === undefined) {
    await printDiagnostics(diagnostics, loaded.sources, world)
    return exitCodes.problems
  }
  const facts = { ...(await readFacts(o, loaded.config, world)), ...(o.facts === undefined && (await machineFacts(o, loaded.file, loaded.pipeline, world))) }
  const planned = planner(loaded.pipeline, { file: name, facts }).plan()
  diagnostics.push(...planned.diagnostics)
  await printDiagnostics(diagnostics, loaded.sources, world)
  if (!planned.ok) return exitCodes.problems
  if (o.json === true) await writeJson(planned.value, world)
  else await world.stdout.write(o.env === true ? renderEnv(planned.value) : renderPlan(planned.value))
  return codeFor(diagnostics)
}

/** Stage by stage: the plan of a large pipeline is megabytes, and one text of it would cost many times that. */
async function writeJson(plan: Plan, world: World): Promise<void> {
  for (const part of canonicalParts(plan, stageDepth)) await world.stdout.write(part)
  await world.stdout.write('\n')
}

/** The plan, its list of stages, a stage. */
const stageDepth = 2

/** What this machine says of the next run: the code under build and the number. The rest is known when it starts. */
async function machineFacts(o: PlanOptions, file: string, pipeline: Pipeline, world: World): Promise<Partial<RunFacts>> {
  const { facts } = await chooseCode(o, file, world)
  return { ...facts, sequenceId: await world.tools.nextSequence(world.home, pipelineKey(pipeline)) }
}
