/** A bake file's images: built together, each delivered to the names that the file gives it. */
import { type Diagnostic, diagnose } from '../base/diagnostic.ts'
import { known } from '../base/planned.ts'
import { problem } from '../base/problem.ts'
import type { NonEmpty } from '../base/result.ts'
import { stepPath } from '../events/step-path.ts'
import type { BuildSource } from '../image-job/build-source.ts'
import type { ImageJob, ImageOutput } from '../image-job/image-job.ts'
import type { PushedImage } from '../image-job/report-texts.ts'
import type { Baked } from '../ports/bake.ts'
import type { ImageWork } from '../steps/image-work.ts'
import { variable } from './build-secrets.ts'
import { buildTold } from './build-told.ts'
import { deliverImage } from './deliver-image.ts'
import type { WorkAt, WorkDone } from './do-work.ts'
import { imageFacts } from './image-facts.ts'
import { asVariables } from './image-outputs.ts'
import { registryUse } from './registry-use.ts'
import { nowKnown } from './reveal.ts'
import { warnOfShownSecrets } from './shown-secrets.ts'
import { toolWishes } from './tool-wishes.ts'
import { type Reported, writeReports } from './write-reports.ts'

type BakePlan = NonNullable<BuildSource['bake']>

export async function bakeWork(job: ImageJob, source: BuildSource, bake: BakePlan, at: WorkAt<ImageWork>): Promise<WorkDone> {
  const { context, step } = at
  await noteIgnored(job, source, at)
  const baked = await bakeAll(job, source, bake, at)
  if (job.mode !== 'build-only')
    for (const { target, names } of baked) if (names.length === 0) throw problem('BUILDX_BAKE_UNTAGGED', { target }, { at: step.at })
  const digests: Record<string, string> = {}
  const pushed: PushedImage[] = []
  const problems: Diagnostic[] = []
  let reported: Pick<Reported, 'image' | 'facts'> | undefined
  for (const one of baked) {
    const facts = await imageFacts(one.image)
    await context.emit({ kind: 'image.built', step: stepPath(step.path), digest: facts.digest, bytes: facts.bytes, layers: facts.layers, cached: 0 })
    await warnOfShownSecrets(one.image, at)
    const delivered = await deliverImage(one.image, { ...job, outputs: outputsOf(job, one) }, facts, at)
    pushed.push(...delivered.pushed)
    problems.push(...delivered.problems)
    digests[`digest_${one.target.replaceAll(/[^A-Za-z0-9_]/g, '_')}`] = facts.digest
    reported ??= { image: one.image, facts }
  }
  const outputs = outputsFor(digests, pushed, at)
  if (reported !== undefined) await writeReports({ job: withoutCard(job, baked), ...reported, pushed, outputs }, at)
  const [first, ...others] = problems
  return {
    outcome: first === undefined ? { kind: 'passed' } : { kind: 'errored', problem: first, ...(others.length > 0 && { others }) },
    outputs: asVariables(outputs),
  }
}

/** `digest` as well where there is only one. */
function outputsFor(digests: Readonly<Record<string, string>>, pushed: readonly PushedImage[], { work }: WorkAt<ImageWork>): Readonly<Record<string, string>> {
  const [only, ...others] = Object.values(digests)
  return {
    ...digests,
    ...(only !== undefined && others.length === 0 && { digest: only }),
    ...(pushed.length > 0 && {
      imageRefs: pushed.map(({ ref }) => ref).join(','),
      imageDigests: pushed.map(({ ref, digest }) => `${ref}@${digest}`).join(','),
    }),
    engine: work.engine.name,
  }
}

/** A card shows one image. */
function withoutCard(job: ImageJob, baked: readonly Baked[]): ImageJob {
  const { cardFile: _card, ...reports } = job.reports
  return { ...job, reports, outputs: baked.flatMap((one) => outputsOf(job, one)) }
}

async function bakeAll(job: ImageJob, source: BuildSource, bake: BakePlan, at: WorkAt<ImageWork>): Promise<readonly Baked[]> {
  const { work, step, context, state } = at
  const builder = context.builders[work.engine.name]
  if (builder?.bake === undefined) throw problem('ENGINE_NOT_AVAILABLE', { engine: work.engine.name }, { at: step.at })
  const variables = new Map<string, string>()
  for (const name of Object.keys(work.variables ?? {})) variables.set(name, (await variable(name, at)) ?? '')
  const { cacheFrom: _from, cacheTo: _to, ...tool } = await toolWishes(source, at)
  const request = {
    folder: state.workspace.hostPath('/harness'),
    file: state.workspace.hostPath(nowKnown(bake.file)),
    options: nowKnown(bake.options),
    variables,
    tool: { ...tool, cacheFrom: [], cacheTo: [] },
    registries: await registryUse(job, at),
  }
  const told = buildTold(stepPath(step.path), source.quiet, context)
  return builder.bake(request, { signal: context.signal, emit: told.tell }).finally(told.end)
}

function outputsOf(job: ImageJob, { target, names }: Baked): readonly ImageOutput[] {
  const [first = `${target}:latest`, ...rest] = names
  const all = known<NonEmpty<string>>([first, ...rest])
  return job.outputs.flatMap((one): readonly ImageOutput[] => {
    if (one.kind === 'registry') return [{ kind: 'registry', refs: all }]
    return one.kind === 'load' ? [{ kind: 'load', names: all }] : []
  })
}

async function noteIgnored(job: ImageJob, source: BuildSource, { context, step }: WorkAt<ImageWork>): Promise<void> {
  const caches = nowKnown(source.cache.from).length + nowKnown(source.cache.to).length > 0
  const archives = job.outputs.some(({ kind }) => kind === 'archive' || kind === 'oci-layout')
  const told = [
    ...(caches ? [{ what: 'a cache setting', because: 'its targets name their caches themselves' }] : []),
    ...(archives ? [{ what: 'an archive', because: 'it makes several images' }] : []),
  ]
  for (const data of told) await context.emit({ kind: 'step.note', step: stepPath(step.path), note: diagnose('BUILDX_BAKE_IGNORES', data, { at: step.at }) })
}
