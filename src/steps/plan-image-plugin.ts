/** What a plugin of the original would do with its variables, as an image step's work: for `slipway plugin`, and for Plugin steps that name its image. */
import { hasErrors } from '../base/diagnostic.ts'
import { type Deferred, known, type Planned } from '../base/planned.ts'
import type { Text } from '../base/secret-text.ts'
import { chooseEngine } from '../image-job/choose-engine.ts'
import type { JobPlan } from '../image-job/image-job.ts'
import { type JobContext, jobFrom } from '../image-job/job-from.ts'
import { effectNotes } from '../settings/effects.ts'
import { type Env, readEnv } from '../settings/read-env.ts'
import type { Setting } from '../settings/setting.ts'
import type { Engine } from '../settings/vocabulary.ts'
import type { Report } from '../yaml/shape/shape.ts'
import { namesAsked } from './build-variables.ts'
import type { ImageWork } from './image-work.ts'
import { type ExecutorPlace, executorOf } from './plan-executor.ts'
import { describeJob, pluginVariables, wrongSettings } from './plan-image-work.ts'
import { registryWanted, untilAsked } from './registry-wanted.ts'

export interface PluginSurroundings extends JobContext {
  /** Why it is this plugin. */
  readonly because: string
  /** `--engine` or the configuration. */
  readonly engine?: Engine
  readonly place: ExecutorPlace
  /** Unknown variables are errors. */
  readonly strict?: boolean
  /** The value of any variable, for a build that asks for it by name. */
  readonly variable: (name: string) => Planned<Text> | undefined
  readonly report: Report
  /** What the cloud answered about the registry of the step, once it was asked. */
  readonly foundRegistry?: string | undefined
  /** Settings that are not known yet, so nothing can be decided. */
  readonly waits?: Deferred
}

export function planImagePlugin(env: Env, s: PluginSurroundings): { readonly work: ImageWork; readonly does: string } {
  const { family, connectorUrl } = s
  const { settings: given, diagnostics } = readEnv(env, family, { strict: s.strict ?? false })
  const wanted = hasErrors(diagnostics) || s.waits !== undefined ? undefined : registryWanted(given, family)
  const settings = wanted === undefined ? given : { ...given, registry: registrySetting(s.foundRegistry ?? someRegistry) }
  const asks = wanted !== undefined && s.foundRegistry === undefined ? wanted : undefined
  const engine = chooseEngine(settings, s.engine === undefined ? {} : { chosen: s.engine })
  const found = [...diagnostics, ...engine.diagnostics, ...effectNotes(settings, { family, engine: engine.engine })]
  const job = hasErrors(diagnostics) || s.waits !== undefined ? undefined : jobFrom(settings, s)
  for (const one of [...found, ...(job?.diagnostics ?? [])]) s.report(one)
  // What contradicts itself is told before anybody is asked.
  const plan = job?.ok !== true ? notDecided(s.waits) : asks === undefined ? job.value : notDecided(untilAsked)
  return {
    work: {
      kind: 'image',
      plan,
      tool: { name: family.tool, reasons: [s.because] },
      engine: { name: engine.engine, reasons: engine.reasons },
      ...variablesAsked(plan, s),
      ...(asks !== undefined && { registryWanted: asks }),
      ...executorOf(plan, settings, { ...s, engine: engine.engine, connectors: false }),
      env: pluginVariables(asks === undefined ? settings : given, family, connectorUrl),
    },
    does: describeJob(plan, family.tool),
  }
}

/** Stands for the one that is not known yet. */
const someRegistry = '000000000000.dkr.ecr.us-east-1.amazonaws.com'

function registrySetting(registry: string): Setting<Text> {
  return { value: known(registry), origin: { kind: 'step-output', name: 'the answer of AWS' } }
}

function notDecided(waits: Deferred | undefined): JobPlan {
  return waits === undefined ? { kind: 'skip', because: wrongSettings } : { kind: 'deferred', waits: [waits] }
}

/** An agent of ssh is found by a variable as well. */
function variablesAsked(plan: JobPlan, { variable }: PluginSurroundings): Pick<ImageWork, 'variables'> {
  const entries = [...namesAsked(plan), 'SSH_AUTH_SOCK'].flatMap((name) => {
    const value = variable(name)
    return value === undefined ? [] : [[name, value] as const]
  })
  return entries.length === 0 ? {} : { variables: Object.fromEntries(entries) }
}
