/** An image step's settings to its job: which vocabulary reads them, what they come to, and what they do not do. */
import { hasErrors } from '../base/diagnostic.ts'
import type { Resolving } from '../dynamic/resolve.ts'
import { chooseEngine } from '../image-job/choose-engine.ts'
import { chooseTool } from '../image-job/choose-tool.ts'
import type { JobPlan } from '../image-job/image-job.ts'
import { jobFrom } from '../image-job/job-from.ts'
import type { BuiltImage } from '../image-job/push-source.ts'
import type { StepOf } from '../pipeline/step.ts'
import { effectNotes } from '../settings/effects.ts'
import type { ImageSettings } from '../settings/image-settings.ts'
import { mergeSettings } from '../settings/merge.ts'
import { readEnv } from '../settings/read-env.ts'
import { readYaml } from '../settings/read-yaml.ts'
import { type Engine, type Family, type StepType, stepTypes, type Tool } from '../settings/vocabulary.ts'
import { type Given, givenTo, type VariableScopes } from './image-fields.ts'
import type { ImageWork } from './image-work.ts'

export interface ImageSurroundings extends Resolving {
  readonly variables: VariableScopes
  readonly kubernetes: boolean
  readonly os: string
  readonly flags: Readonly<Record<string, boolean>>
  /** `--engine` or the configuration. */
  readonly engine?: Engine
  readonly git: { readonly commitRef?: string; readonly commitSha?: string; readonly remoteUrl?: string; readonly defaultBranch?: string }
  /** Images that steps before this one build. */
  readonly images: readonly BuiltImage[]
  /** URL of a connector; undefined when it is not defined. */
  readonly connectorUrl: (id: string) => string | undefined
}

type ImageStep = StepOf<StepType>

const nothing: JobPlan = { kind: 'skip', because: 'its settings are wrong' }

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
  const plan = hasErrors(reading.diagnostics) ? nothing : job(reading.settings, family, given, step, s)
  return {
    work: {
      kind: 'image',
      plan,
      tool: { name: tool.tool, reasons: tool.reasons },
      engine: { name: engine.engine, reasons: engine.reasons },
      ...connectors(given),
    },
    does: describe(plan, tool.tool),
  }
}

function read(type: StepType, family: Family, given: Given, step: ImageStep) {
  const yaml = readYaml(type, given.fields, { at: step.at })
  const env = readEnv(given.env, family)
  const merged = mergeSettings(env.settings, yaml.settings)
  return { settings: merged.value, diagnostics: [...yaml.diagnostics, ...env.diagnostics, ...merged.diagnostics] }
}

function job(settings: ImageSettings, family: Family, given: Given, step: ImageStep, s: ImageSurroundings): JobPlan {
  const id = given.connectorRef
  const url = id?.kind === 'known' && typeof id.value === 'string' ? s.connectorUrl(id.value) : undefined
  const context = { ...s.git, family, at: step.at, workspace: '/harness', images: s.images, ...(url !== undefined && { connectorUrl: url }) }
  const checked = jobFrom(settings, context)
  for (const d of checked.diagnostics) s.report(d)
  return checked.ok ? checked.value : nothing
}

function connectors({ connectorRef, baseConnectors }: Given): Pick<ImageWork, 'connector' | 'baseConnectors'> {
  return { ...(connectorRef !== undefined && { connector: connectorRef }), ...(baseConnectors.length > 0 && { baseConnectors }) }
}

function describe(plan: JobPlan, tool: Tool): string {
  if (plan.kind === 'skip') return `skips: ${plan.because}`
  if (plan.kind === 'deferred') return 'builds or pushes, decided at run time'
  const verbs = { 'build-and-push': 'builds and pushes', 'build-only': 'builds', 'push-only': 'pushes' } as const
  return `${verbs[plan.job.mode]} as ${tool} would`
}
