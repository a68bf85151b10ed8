/** The one way from settings to a job. Pure: all that is wrong is found before any file or network is touched. */
import { type Diagnostic, diagnose, hasErrors } from '../base/diagnostic.ts'
import type { Deferred, Planned } from '../base/planned.ts'
import type { Checked } from '../base/result.ts'
import type { Span } from '../base/span.ts'
import type { ImageSettings } from '../settings/image-settings.ts'
import type { Engine, Family } from '../settings/vocabulary.ts'
import { buildxOptionsOf } from './buildx-options/read.ts'
import type { ImageJob, JobPlan, Mode, RepositoryCare } from './image-job.ts'
import { type Knobs, knobs } from './knobs.ts'
import type { LabelContext } from './labels.ts'
import { loginOf } from './login.ts'
import { makeBuild } from './make-build.ts'
import { modeOf } from './mode.ts'
import { namesOf, outputsOf } from './outputs.ts'
import { type BuiltImage, pushSource } from './push-source.ts'
import { reportsOf } from './reports.ts'
import { type TagContext, tagsOf } from './tag-rules.ts'
import { repositoryOf, type TargetContext } from './targets.ts'
import { transportOf } from './transport.ts'

/** What the settings do not say and the step's surroundings do. */
export interface JobContext extends TargetContext, TagContext, LabelContext {
  readonly family: Family
  /** What will build, where that is decided. */
  readonly engine?: Engine
  /** Place of the step, for complaints about what is missing. */
  readonly at?: Span
  /** Absolute path that relative ones start from. */
  readonly workspace: string
  /** Images that earlier steps build, in order; absent when nobody knows. */
  readonly images?: () => readonly BuiltImage[]
}

export function jobFrom(settings: ImageSettings, context: JobContext): Checked<JobPlan> {
  const k = knobs(settings, context.family, context.at)
  const mode = modeOf(k)
  if (mode === undefined) return checked(k, waiting(k))
  const tags = tagsOf(k, context)
  if (tags.kind === 'skip') return checked(k, hasErrors(k.diagnostics) ? undefined : tags)
  if (tags.kind === 'error') k.diagnostics.push(tags.diagnostic)
  const job = tags.kind === 'error' ? undefined : makeJob(k, mode, tags.tags, context)
  return checked(k, waiting(k) ?? (job === undefined ? undefined : { kind: 'job', job }))
}

function waiting(k: Knobs): JobPlan | undefined {
  const [first, ...others] = new Set<Deferred>(k.waits)
  return first === undefined ? undefined : { kind: 'deferred', waits: [first, ...others] }
}

function checked(k: Knobs, plan: JobPlan | undefined): Checked<JobPlan> {
  const diagnostics = distinct(k.diagnostics)
  if (plan === undefined || hasErrors(diagnostics)) return { ok: false, diagnostics }
  return { ok: true, value: plan, diagnostics }
}

/** Several readers may ask for one knob; its complaint is told once. */
function distinct(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...new Map(diagnostics.map((d) => [`${d.code} ${d.message}`, d])).values()]
}

function makeJob(k: Knobs, mode: Mode, listed: Planned<readonly string[]>, context: JobContext): ImageJob {
  const repository = k.given('repo') ? repositoryOf(k, context) : undefined
  const options = buildxOptionsOf(k, context.engine)
  const shared = { ...context, mode, ...(repository !== undefined && { repository }), tags: listed }
  if (options.switches.push === true && mode === 'build-only') {
    k.diagnostics.push(diagnose('JOB_PUSH_OPTION', { option: '--push', noPush: k.name('noPush') }, { at: k.at('buildxOptions') }))
  }
  const names = namesOf(shared)
  const login = loginOf(k)
  return {
    kind: 'image-job',
    mode,
    source: mode === 'push-only' ? pushSource(k, { ...context, own: names }) : makeBuild(k, { ...shared, options }),
    outputs: outputsOf(k, { ...shared, raw: options.lists.output ?? [], load: options.switches.load ?? false }),
    tagPolicy: { skipExisting: k.on('skipPushIfTagExists'), immutableIsFine: k.on('pushIgnoreImmutableTagErrors') },
    pushRetries: k.number('pushRetry') ?? 0,
    repository: careOf(k),
    ...(Object.keys(login).length > 0 && { login }),
    transport: transportOf(k),
    reports: reportsOf(k, context),
  }
}

function careOf(k: Knobs): RepositoryCare {
  const [lifecycle, access] = [k.plain('lifecyclePolicy'), k.plain('repositoryPolicy')]
  return {
    create: k.on('createRepository'),
    scanOnPush: k.on('scanOnPush'),
    ...(lifecycle !== undefined && { lifecyclePolicy: lifecycle }),
    ...(access !== undefined && { accessPolicy: access }),
    checkFirst: !k.on('skipPushPermissionCheck'),
  }
}
