/** What a plugin of the original would do with its variables, as an image step's work: for `slipway plugin`, and for Plugin steps that name its image. */
import { hasErrors } from '../base/diagnostic.ts'
import type { Planned } from '../base/planned.ts'
import type { Text } from '../base/secret-text.ts'
import { chooseEngine } from '../image-job/choose-engine.ts'
import type { JobPlan } from '../image-job/image-job.ts'
import { type JobContext, jobFrom } from '../image-job/job-from.ts'
import { effectNotes } from '../settings/effects.ts'
import { type Env, readEnv } from '../settings/read-env.ts'
import type { Engine } from '../settings/vocabulary.ts'
import type { Report } from '../yaml/shape/shape.ts'
import { namesAsked } from './build-variables.ts'
import type { ImageWork } from './image-work.ts'
import { type ExecutorPlace, executorOf } from './plan-executor.ts'
import { describeJob, pluginVariables, wrongSettings } from './plan-image-work.ts'

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
}

export function planImagePlugin(env: Env, s: PluginSurroundings): { readonly work: ImageWork; readonly does: string } {
  const { family, connectorUrl } = s
  const { settings, diagnostics } = readEnv(env, family, { strict: s.strict ?? false })
  const engine = chooseEngine(settings, s.engine === undefined ? {} : { chosen: s.engine })
  const found = [...diagnostics, ...engine.diagnostics, ...effectNotes(settings, { family, engine: engine.engine })]
  const job = hasErrors(diagnostics) ? undefined : jobFrom(settings, s)
  for (const one of [...found, ...(job?.diagnostics ?? [])]) s.report(one)
  const plan: JobPlan = job?.ok === true ? job.value : { kind: 'skip', because: wrongSettings }
  return {
    work: {
      kind: 'image',
      plan,
      tool: { name: family.tool, reasons: [s.because] },
      engine: { name: engine.engine, reasons: engine.reasons },
      ...variablesAsked(plan, s),
      ...executorOf(plan, settings, { ...s, engine: engine.engine, connectors: false }),
      env: pluginVariables(settings, family, connectorUrl),
    },
    does: describeJob(plan, family.tool),
  }
}

/** An agent of ssh is found by a variable as well. */
function variablesAsked(plan: JobPlan, { variable }: PluginSurroundings): Pick<ImageWork, 'variables'> {
  const entries = [...namesAsked(plan), 'SSH_AUTH_SOCK'].flatMap((name) => {
    const value = variable(name)
    return value === undefined ? [] : [[name, value] as const]
  })
  return entries.length === 0 ? {} : { variables: Object.fromEntries(entries) }
}
