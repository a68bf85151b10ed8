/** An image step's settings to its job: which vocabulary reads them, what they come to, and what they do not do. */
import { diagnose, hasErrors } from '../base/diagnostic.ts'
import { type Deferred, mapPlanned } from '../base/planned.ts'
import type { Text } from '../base/secret-text.ts'
import type { Resolving } from '../dynamic/resolve.ts'
import { chooseEngine } from '../image-job/choose-engine.ts'
import { chooseTool } from '../image-job/choose-tool.ts'
import type { JobPlan } from '../image-job/image-job.ts'
import { jobFrom } from '../image-job/job-from.ts'
import { ownRegistryPath } from '../image-job/own-registry.ts'
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
import type { Files } from './asked-files.ts'
import { buildVariables } from './build-variables.ts'
import { type EnvFile, envFileOf, settingsOfFile, variableOfFile } from './env-file.ts'
import { containerWishes } from './image-container.ts'
import { type Given, givenTo, type VariableScopes } from './image-fields.ts'
import type { ImageWork } from './image-work.ts'
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
  /** The registry that a cloud named for this step. */
  readonly foundRegistry?: string | undefined
  /** Files of the workspace that were read for this step. */
  readonly files?: Files
  /** What is known of a connector: `missing` where it is needed now, `unknown` where it will be; undefined when nobody looked. */
  readonly connector: (id: string) => { readonly url?: string } | 'missing' | 'unknown' | undefined
}

type ImageStep = StepOf<StepType>

const workspace = '/harness'
export const wrongSettings = 'its settings are wrong'
const nothing: JobPlan = { kind: 'skip', because: wrongSettings }

export function planImageWork(step: ImageStep, s: ImageSurroundings): { readonly work: ImageWork; readonly does: string } {
  const { given, ownRegistry } = placedBy(givenTo(step.spec, s.variables, s), step, s)
  const variant = stepTypes[step.type]
  const plain = read(step.type, { tool: 'buildx', variant }, given, step)
  const file = envFileOf(plain.settings.envFile, { workspace, files: s.files, report: s.report })
  const first = file.kind === 'read' ? read(step.type, { tool: 'buildx', variant }, given, step, file) : plain
  const engine = chooseEngine(first.settings, s.engine === undefined ? {} : { chosen: s.engine })
  const tool = chooseTool(first.settings, {
    kubernetes: s.kubernetes,
    os: s.os,
    buildxOnKubernetes: s.flags['CI_USE_BUILDX_ON_K8'] === true,
    embeddedChosen: engine.engine === 'embedded' && s.engine === 'embedded',
    at: step.at,
  })
  const family: Family = { tool: tool.tool, variant }
  const reading = tool.tool === 'buildx' ? first : read(step.type, family, given, step, file)
  for (const d of [...reading.diagnostics, ...engine.diagnostics, ...tool.diagnostics, ...effectNotes(reading.settings, { family, engine: engine.engine })])
    s.report(d)
  const url = connectorUrl(given, step, s)
  const by = { family, engine: engine.engine, ...(ownRegistry !== undefined && { ownRegistry }) }
  const plan = hasErrors(reading.diagnostics) ? nothing : file.kind === 'waits' ? waitsFor(file.until) : job(reading.settings, by, url, step, s)
  const pinned = reading.settings.engineVersion?.value
  const variables = buildVariables(plan, step.spec, s.variables, s, (name) => variableOfFile(file, name))
  return {
    work: {
      kind: 'image',
      plan,
      tool: { name: tool.tool, reasons: tool.reasons },
      engine: { name: engine.engine, reasons: engine.reasons, ...(pinned !== undefined && { pinned }) },
      ...connectors(given),
      ...(file.kind === 'waits' && { asks: file.asks }),
      ...(Object.keys(variables).length > 0 && { variables }),
      ...executorOf(plan, reading.settings, {
        ...s,
        engine: engine.engine,
        family,
        connectors: hasConnector(given),
        variable: (name) => variables[name],
        container: containerWishes(given.fields),
        at: step.at,
      }),
      env: pluginVariables(reading.settings, family, url),
    },
    does: describeJob(plan, tool.tool),
  }
}

/** A `registryRef` that is no connector is a part of Slipway's own registry. Where nobody has looked for connectors it may be one. */
function placedBy(given: Given, step: ImageStep, s: ImageSurroundings): { readonly given: Given; readonly ownRegistry?: string } {
  const { registryRef: ref, connectorRef: _, ...rest } = given
  const name = ref?.kind === 'known' && typeof ref.value === 'string' ? ref.value : undefined
  const found = name === undefined ? undefined : s.connector(name)
  if (name === undefined || (found !== 'missing' && found !== 'unknown')) return { given }
  const ownRegistry = ownRegistryPath(name)
  s.report(diagnose('REGISTRY_REF_OWN', { name, registry: ownRegistry }, { at: step.spec.fields.get('registryRef')?.at ?? step.at }))
  return { given: rest, ownRegistry }
}

function read(type: StepType, family: Family, given: Given, step: ImageStep, file: EnvFile = { kind: 'none' }) {
  const yaml = readYaml(type, given.fields, { at: step.at })
  const env = readEnv(given.env, family)
  const more = readEnv(settingsOfFile(file, family), family)
  const merged = mergeSettings(env.settings, yaml.settings, more.settings)
  return { settings: merged.value, diagnostics: [...yaml.diagnostics, ...env.diagnostics, ...more.diagnostics, ...merged.diagnostics] }
}

function waitsFor(until: Deferred): JobPlan {
  return { kind: 'deferred', waits: [until] }
}

function job(
  settings: ImageSettings,
  by: { readonly family: Family; readonly engine: Engine; readonly ownRegistry?: string },
  url: string | undefined,
  step: ImageStep,
  s: ImageSurroundings,
): JobPlan {
  const context = { ...s.git, ...by, at: step.at, workspace, images: s.images, ...(url !== undefined && { connectorUrl: url }) }
  const checked = jobFrom(settings, context)
  for (const d of checked.diagnostics) s.report(d)
  return checked.ok ? checked.value : nothing
}

/** Every connector the step names is looked up; the first one's URL goes before an unqualified repository. */
function connectorUrl(given: Given, step: ImageStep, s: ImageSurroundings): string | undefined {
  const named = [
    ...[given.connectorRef].map((ref) => ({ ref, fields: ['connectorRef', 'registryRef', 'connectorRefs'] })),
    ...given.otherConnectors.map((ref) => ({ ref, fields: ['connectorRefs'] })),
    ...given.baseConnectors.map((ref) => ({ ref, fields: ['baseImageConnectorRefs'] })),
  ]
  const [url] = named.map(({ ref, fields }) => {
    if (ref?.kind !== 'known' || typeof ref.value !== 'string') return undefined
    const found = s.connector(ref.value)
    if (typeof found !== 'string') return found?.url
    const at = fields.flatMap((field) => step.spec.fields.get(field)?.at ?? [])[0] ?? step.at
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

function connectors({ connectorRef, otherConnectors, baseConnectors }: Given): Pick<ImageWork, 'connector' | 'otherConnectors' | 'baseConnectors'> {
  return {
    ...(connectorRef !== undefined && { connector: connectorRef }),
    ...(otherConnectors.length > 0 && { otherConnectors }),
    ...(baseConnectors.length > 0 && { baseConnectors }),
  }
}

export function describeJob(plan: JobPlan, tool: Tool): string {
  if (plan.kind === 'skip') return `skips: ${plan.because}`
  if (plan.kind === 'deferred') return 'builds or pushes, decided at run time'
  const verbs = { 'build-and-push': 'builds and pushes', 'build-only': 'builds', 'push-only': 'pushes' } as const
  return `${verbs[plan.job.mode]} as ${tool} would`
}
