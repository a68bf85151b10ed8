/** An image step's settings to its job: which vocabulary reads them, what they come to, and what they do not do. */
import { diagnose, hasErrors } from '../base/diagnostic.ts'
import { mapPlanned } from '../base/planned.ts'
import type { Text } from '../base/secret-text.ts'
import type { Resolving } from '../dynamic/resolve.ts'
import { chooseEngine } from '../image-job/choose-engine.ts'
import { chooseTool } from '../image-job/choose-tool.ts'
import type { JobPlan } from '../image-job/image-job.ts'
import { jobFrom } from '../image-job/job-from.ts'
import { pluginEnv } from '../image-job/plugin-env.ts'
import type { BuiltImage } from '../image-job/push-source.ts'
import type { StepOf } from '../pipeline/step.ts'
import { effectNotes } from '../settings/effects.ts'
import type { ImageSettings } from '../settings/image-settings.ts'
import { maskNames } from '../settings/mask.ts'
import { mergeSettings } from '../settings/merge.ts'
import { readEnv } from '../settings/read-env.ts'
import { readYaml } from '../settings/read-yaml.ts'
import { type Engine, type Family, type StepType, stepTypes, type Tool } from '../settings/vocabulary.ts'
import { buildVariables } from './build-variables.ts'
import { type Given, givenTo, type VariableScopes } from './image-fields.ts'
import type { ImageWork } from './image-work.ts'
import { noEnvFile } from './no-env-file.ts'
import { type ExecutorPlace, executorOf } from './plan-executor.ts'

export interface ImageSurroundings extends Resolving {
  readonly variables: VariableScopes
  readonly kubernetes: boolean
  readonly os: string
  readonly flags: Readonly<Record<string, boolean>>
  /** `--engine` or the configuration. */
  readonly engine?: Engine
  readonly place: ExecutorPlace
  readonly git: { readonly commitRef?: string; readonly commitSha?: string; readonly remoteUrl?: string; readonly defaultBranch?: string }
  /** Images that steps before this one build. Few steps ask, and in a large pipeline the answer is long. */
  readonly images: () => readonly BuiltImage[]
  /** What is known of a connector: `missing` where it is needed now, `unknown` where it will be; undefined when nobody looked. */
  readonly connector: (id: string) => { readonly url?: string } | 'missing' | 'unknown' | undefined
}

type ImageStep = StepOf<StepType>

export const wrongSettings = 'its settings are wrong'
const nothing: JobPlan = { kind: 'skip', because: wrongSettings }

export function planImageWork(step: ImageStep, s: ImageSurroundings): { readonly work: ImageWork; readonly does: string } {
  const given = givenTo(step.spec, s.variables, s)
  const variant = stepTypes[step.type]
  const first = read(step.type, { tool: 'buildx', variant }, given, step)
  const engine = chooseEngine(first.settings, s.engine === undefined ? {} : { chosen: s.engine })
  const tool = chooseTool(first.settings, {
    kubernetes: s.kubernetes,
    os: s.os,
    buildxOnKubernetes: s.flags['CI_USE_BUILDX_ON_K8'] === true,
    embeddedChosen: engine.engine === 'embedded' && s.engine === 'embedded',
    at: step.at,
  })
  const family: Family = { tool: tool.tool, variant }
  const reading = tool.tool === 'buildx' ? first : read(step.type, family, given, step)
  for (const d of [...reading.diagnostics, ...engine.diagnostics, ...tool.diagnostics, ...effectNotes(reading.settings, { family, engine: engine.engine })])
    s.report(d)
  if (reading.settings.envFile !== undefined) s.report(noEnvFile(reading.settings.envFile.origin))
  const url = connectorUrl(given, step, s)
  const plan = hasErrors(reading.diagnostics) ? nothing : job(reading.settings, { family, engine: engine.engine }, url, step, s)
  const pinned = reading.settings.engineVersion?.value
  const variables = buildVariables(plan, step.spec, s.variables, s)
  return {
    work: {
      kind: 'image',
      plan,
      tool: { name: tool.tool, reasons: tool.reasons },
      engine: { name: engine.engine, reasons: engine.reasons, ...(pinned !== undefined && { pinned }) },
      ...connectors(given),
      ...(Object.keys(variables).length > 0 && { variables }),
      ...executorOf(plan, reading.settings, {
        ...s,
        engine: engine.engine,
        family,
        connectors: hasConnector(given),
        variable: (name) => variables[name],
        at: step.at,
      }),
      env: pluginVariables(reading.settings, family, url),
    },
    does: describeJob(plan, tool.tool),
  }
}

function read(type: StepType, family: Family, given: Given, step: ImageStep) {
  const yaml = readYaml(type, given.fields, { at: step.at })
  const env = readEnv(given.env, family)
  const merged = mergeSettings(env.settings, yaml.settings)
  return { settings: merged.value, diagnostics: [...yaml.diagnostics, ...env.diagnostics, ...merged.diagnostics] }
}

function job(
  settings: ImageSettings,
  by: { readonly family: Family; readonly engine: Engine },
  url: string | undefined,
  step: ImageStep,
  s: ImageSurroundings,
): JobPlan {
  const context = { ...s.git, ...by, at: step.at, workspace: '/harness', images: s.images, ...(url !== undefined && { connectorUrl: url }) }
  const checked = jobFrom(settings, context)
  for (const d of checked.diagnostics) s.report(d)
  return checked.ok ? checked.value : nothing
}

/** Every connector the step names is looked up; the first one's URL goes before an unqualified repository. */
function connectorUrl(given: Given, step: ImageStep, s: ImageSurroundings): string | undefined {
  const [url] = [given.connectorRef, ...given.baseConnectors].map((ref) => {
    if (ref?.kind !== 'known' || typeof ref.value !== 'string') return undefined
    const found = s.connector(ref.value)
    if (typeof found !== 'string') return found?.url
    const at = step.spec.fields.get(ref === given.connectorRef ? 'connectorRef' : 'baseImageConnectorRefs')?.at ?? step.at
    s.report(diagnose('CONNECTOR_UNDEFINED', { connector: ref.value }, { at, severity: found === 'missing' ? 'error' : 'warning' }))
    return undefined
  })
  return url
}

/** The variables a plugin of the original would be started with; what is secret by its name is not shown, however it was given. */
export function pluginVariables(settings: ImageSettings, family: Family, url: string | undefined): ImageWork['env'] {
  const masked = maskNames()
  const hide = (text: Text): Text => (typeof text === 'string' && text !== '' ? '********' : text)
  const env = pluginEnv(settings, family, url === undefined ? {} : { connectorUrl: url })
  return Object.fromEntries([...env].map(([name, value]) => [name, masked.has(name) ? mapPlanned(value, hide) : value]))
}

function hasConnector({ connectorRef, baseConnectors }: Given): boolean {
  return connectorRef !== undefined || baseConnectors.length > 0
}

function connectors({ connectorRef, baseConnectors }: Given): Pick<ImageWork, 'connector' | 'baseConnectors'> {
  return { ...(connectorRef !== undefined && { connector: connectorRef }), ...(baseConnectors.length > 0 && { baseConnectors }) }
}

export function describeJob(plan: JobPlan, tool: Tool): string {
  if (plan.kind === 'skip') return `skips: ${plan.because}`
  if (plan.kind === 'deferred') return 'builds or pushes, decided at run time'
  const verbs = { 'build-and-push': 'builds and pushes', 'build-only': 'builds', 'push-only': 'pushes' } as const
  return `${verbs[plan.job.mode]} as ${tool} would`
}
