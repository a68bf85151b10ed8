/** `slipway plugin`: the image plugins of the original in one program. Settings are variables, and the current folder is the workspace. */
import { join } from 'node:path'
import { brandAs } from '../../base/brand.ts'
import { type Diagnostic, hasErrors } from '../../base/diagnostic.ts'
import { canonicalJson } from '../../base/json.ts'
import { isProblem, problem } from '../../base/problem.ts'
import { uniqueId } from '../../base/unique-id.ts'
import { recorder } from '../../engine/recorder.ts'
import { type Redactor, redactor } from '../../engine/redactor.ts'
import { runPlan } from '../../engine/run-plan.ts'
import type { Outcome } from '../../events/outcome.ts'
import type { RunId } from '../../events/run-event.ts'
import { describeWork } from '../../plan/describe-work.ts'
import { planOfOne } from '../../plan/plan-of-one.ts'
import { familyNamed, familyNames } from '../../settings/family-names.ts'
import type { Engine, Family } from '../../settings/vocabulary.ts'
import type { ImageWork } from '../../steps/image-work.ts'
import { describeExecutor } from '../describe-executor.ts'
import { type ExitCode, exitCodes, printDiagnostics } from '../failures.ts'
import { hostRules } from '../host-rules.ts'
import { type LoadedConfig, loadConfig } from '../load-config.ts'
import { environmentPlace, type PluginJob, pluginJob } from '../plugin/plugin-job.ts'
import { variablesHelp } from '../plugin/variables-help.ts'
import { scanChoice } from '../scan/scan-choice.ts'
import type { World } from '../world.ts'

export interface PluginOptions {
  readonly as?: string
  readonly engine?: Engine
  readonly map: readonly string[]
  readonly strict?: boolean
  readonly debugAuth?: boolean
  /** Says what would be done. `--dry-run` is another name for it. */
  readonly plan?: boolean
  readonly dryRun?: boolean
  readonly json?: boolean
  readonly help?: boolean
}

export async function pluginCommand(o: PluginOptions, usage: () => string, world: World): Promise<ExitCode> {
  const family = familyOf(o.as)
  if (o.help === true) {
    await world.stdout.write(`${usage()}\n${variablesHelp(family)}`)
    return exitCodes.done
  }
  const config = await loadConfig([join(world.cwd, '.slipway'), world.home])
  const engine = o.engine ?? config.engine
  const planned = o.plan === true || o.dryRun === true
  const because = o.as === undefined ? 'no --as' : '--as'
  const job = await pluginJob({ family, because, strict: o.strict === true, runs: !planned, ...(engine !== undefined && { engine }) }, world)
  const findings = [...config.diagnostics, ...job.diagnostics]
  await printDiagnostics(findings, config.sources, world)
  if (hasErrors(findings)) return exitCodes.problems
  const masks = redactor()
  for (const secret of job.secrets) masks.register(secret)
  if (planned) {
    const text = o.json === true ? canonicalJson(withoutValues(job.work)) : planLines(job.work).join('\n')
    await world.stdout.write(`${masks.text(text)}\n`)
    return exitCodes.done
  }
  world.orderly()
  return told(await work(job, o, { config, masks }, world), world)
}

function familyOf(name: string | undefined): Family {
  const family = familyNamed(name ?? 'docker')
  if (family === undefined) throw problem('PLUGIN_FAMILY_UNKNOWN', { name: name ?? '', names: familyNames.join(', ') })
  return family
}

function planLines(work: ImageWork): readonly string[] {
  return [...describeWork(work), ...(work.executor === undefined ? [] : describeExecutor(work.executor))]
}

/** What a build asks for by name may be a secret. */
function withoutValues({ variables, executor, ...work }: ImageWork): object {
  return {
    ...work,
    ...(variables !== undefined && { variables: Object.keys(variables) }),
    ...(executor !== undefined && { executor: { ...executor, env: Object.keys(executor.env) } }),
  }
}

interface Given {
  readonly config: LoadedConfig
  readonly masks: Redactor
}

async function work(job: PluginJob, o: PluginOptions, { config, masks }: Given, world: World): Promise<Outcome> {
  const { connectors } = config
  const embedded = await world.tools.embeddedRegistries(await hostRules(o.map, config, world), world.home)
  const say = (line: string): void => void world.stderr.write(`auth: ${masks.text(line)}\n`)
  const scan = scanChoice(config, {}, world)
  const needs = { hosts: embedded.hosts, connectors, home: world.home, folder: world.cwd, onSecret: (value: string) => masks.register(value), scan }
  const engine = await world.tools.engine({ ...needs, ...(o.debugAuth === true && { say }) })
  const run = brandAs<RunId>(uniqueId(world.clock.now(), world.random(16)))
  const story = recorder({ run, clock: world.clock, redactor: masks, sinks: [await world.tools.sinks.bare(world.stdout)] })
  const { plan, planner } = planOfOne({ ...job, name: 'plugin', arch: world.platform.architecture, at: environmentPlace })
  try {
    const context = { ...engine.parts, redactor: masks, clock: world.clock, planner, runSecrets: new Map<string, string>(), emit: story.emit }
    return await runPlan({ plan, run, sequenceId: 1, codebase: world.cwd }, { ...context, signal: world.signal })
  } finally {
    for (const { sink, error } of await story.close()) {
      if (isProblem(error)) await printDiagnostics([error.diagnostic], [], world)
      else await world.stderr.write(`slipway: ${sink} stopped: ${String(error)}\n`)
    }
    await engine.close()
    await embedded.close()
  }
}

/** As the originals: 0 when all is done or nothing was to be done, else 1. */
async function told(outcome: Outcome, world: World): Promise<ExitCode> {
  switch (outcome.kind) {
    case 'passed':
    case 'skipped':
      return exitCodes.done
    case 'aborted':
      await world.stderr.write('aborted\n')
      return exitCodes.aborted
    default: {
      const problems: readonly Diagnostic[] = outcome.kind === 'errored' ? [outcome.problem, ...(outcome.others ?? [])] : []
      await printDiagnostics(problems, [], world)
      return exitCodes.problems
    }
  }
}
