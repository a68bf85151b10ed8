/** Where a job's image comes from: a build, an archive, the image store, or the step that built it in this stage. */
import { problem } from '../base/problem.ts'
import type { BuildView } from '../events/build-view.ts'
import { cacheMetrics } from '../events/cache-metrics.ts'
import { stepPath } from '../events/step-path.ts'
import type { BuildSource } from '../image-job/build-source.ts'
import type { ImageJob } from '../image-job/image-job.ts'
import type { OpenedImage } from '../ports/delivery.ts'
import type { ExecutorWork, ImageWork } from '../steps/image-work.ts'
import { buildRequest } from './build-request.ts'
import { buildSecrets } from './build-secrets.ts'
import { buildTold } from './build-told.ts'
import type { WorkAt } from './do-work.ts'
import { executedImage } from './executor/executed-image.ts'
import { archivedImage, namedImage, stageImage } from './find-image.ts'
import { imageFacts } from './image-facts.ts'
import { refuseMounts } from './refuse-mounts.ts'
import { registryUse } from './registry-use.ts'
import { writeReportFile } from './report-file.ts'
import { nowKnown } from './reveal.ts'

export interface AcquiredImage extends OpenedImage {
  /** Only when it was built here. */
  readonly cachedLayers?: number
}

export async function acquireImage(job: ImageJob, at: WorkAt<ImageWork>): Promise<AcquiredImage> {
  const { source } = job
  switch (source.kind) {
    case 'build':
      return executes(at) ? executedImage(source, at.work.executor, job, at) : buildFrom(source, job, at)
    case 'archive':
      return archivedImage(source, at)
    case 'image':
      return namedImage(source, at)
    case 'stage-image':
      return stageImage(source, at)
  }
}

/** Only where steps have containers; what only pretends has a builder for each engine. */
function executes(at: WorkAt<ImageWork>): at is WorkAt<ImageWork & { readonly executor: ExecutorWork }> {
  return at.work.executor !== undefined && at.state.stage.infrastructure.on === 'kubernetes'
}

/** A context from outside is fetched first, and gone when the image is there: its layers are stored by then. */
async function buildFrom(source: BuildSource, job: ImageJob, at: WorkAt<ImageWork>): Promise<AcquiredImage> {
  const handed = await buildSecrets(source, at)
  const token = handed.secrets?.get('GIT_AUTH_TOKEN')
  const agent = handed.ssh?.get('default')
  const access = { ...(token !== undefined && { token: Buffer.from(token).toString('utf8').trim() }), ...(agent?.kind === 'agent' && { agent: agent.socket }) }
  const outside = await at.context.openContext(nowKnown(source.context), { signal: at.context.signal, ...access })
  try {
    const request = await buildRequest(source, at, outside?.folder)
    return await buildImage(at, job, { ...request, ...handed, registries: await registryUse(job, at) })
  } finally {
    await outside?.close()
  }
}

async function buildImage(at: WorkAt<ImageWork>, job: ImageJob, request: Awaited<ReturnType<typeof buildRequest>>): Promise<AcquiredImage> {
  const { work, step, context } = at
  refuseMounts(request, at)
  const builder = context.builders[work.engine.name]
  if (builder === undefined) throw problem('ENGINE_NOT_AVAILABLE', { engine: work.engine.name }, { at: step.at })
  const path = stepPath(step.path)
  const told = buildTold(path, job.source.kind === 'build' && job.source.quiet, context)
  const built = await builder.build(request, { signal: context.signal, emit: told.tell }).finally(async () => {
    await told.end()
    await writeMetrics(job, told.view(), at)
  })
  const facts = await imageFacts(built.image)
  await context.emit({ kind: 'image.built', step: path, digest: facts.digest, bytes: facts.bytes, layers: facts.layers, cached: built.cachedLayers })
  return { image: built.image, cachedLayers: built.cachedLayers, close: async () => undefined }
}

/** Of a build that failed as well; not of one that was stopped. */
async function writeMetrics({ reports }: ImageJob, view: BuildView, at: WorkAt<ImageWork>): Promise<void> {
  if (reports.cacheMetricsFile === undefined || at.context.signal.aborted) return
  await writeReportFile({ what: 'file of cache metrics', path: nowKnown(reports.cacheMetricsFile), text: cacheMetrics(view) }, at)
}
