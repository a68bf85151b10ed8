/** Where a job's image comes from: a build, an archive, the image store, or the step that built it in this stage. */

import { problem } from '../base/problem.ts'
import { cacheLine } from '../events/cache-line.ts'
import { stepPath } from '../events/step-path.ts'
import type { ImageJob } from '../image-job/image-job.ts'
import type { OpenedImage } from '../ports/delivery.ts'
import type { ImageWork } from '../steps/image-work.ts'
import { buildRequest } from './build-request.ts'
import type { WorkAt } from './do-work.ts'
import { imageFacts } from './image-facts.ts'
import { nowKnown } from './reveal.ts'

export interface AcquiredImage extends OpenedImage {
  /** Only when it was built here. */
  readonly cachedLayers?: number
}

export async function acquireImage(job: ImageJob, at: WorkAt<ImageWork>): Promise<AcquiredImage> {
  const { source } = job
  const { context, state } = at
  const { signal } = context
  switch (source.kind) {
    case 'build':
      return buildImage(at, await buildRequest(source, at))
    case 'archive': {
      const name = source.name === undefined ? undefined : nowKnown(source.name)
      return context.images.openArchive(state.workspace.hostPath(nowKnown(source.path)), { signal, ...(name !== undefined && { name }) })
    }
    case 'image':
      return context.images.openStored(nowKnown(source.ref), { signal })
    case 'stage-image': {
      if (source.ref === undefined) throw problem('IMAGE_SOURCE_UNKNOWN', {}, { at: at.step.at })
      return context.images.openStored(nowKnown(source.ref), { signal })
    }
  }
}

async function buildImage({ work, step, context }: WorkAt<ImageWork>, request: Awaited<ReturnType<typeof buildRequest>>): Promise<AcquiredImage> {
  const builder = context.builders[work.engine.name]
  if (builder === undefined) throw problem('ENGINE_NOT_AVAILABLE', { engine: work.engine.name }, { at: step.at })
  const path = stepPath(step.path)
  const { signal } = context
  const built = await builder.build(request, {
    signal,
    emit(event) {
      if (event.kind === 'log') void context.emit({ kind: 'step.output', step: path, stream: 'out', text: `${context.redactor.text(event.text)}\n` })
      else if (event.kind === 'note') void context.emit({ kind: 'step.note', step: path, note: event.note })
      else if (event.kind === 'progress') void context.emit({ kind: 'step.progress', step: path, progress: event.progress })
      else if (event.kind === 'step') void context.emit({ kind: 'step.output', step: path, stream: 'out', text: `${context.redactor.text(event.title)}\n` })
      else if (event.kind === 'cache')
        void context.emit({ kind: 'step.output', step: path, stream: 'out', text: `${context.redactor.text(cacheLine(event))}\n` })
      else if (event.state === 'cached') void context.emit({ kind: 'step.output', step: path, stream: 'out', text: 'CACHED\n' })
    },
  })
  const facts = await imageFacts(built.image)
  await context.emit({ kind: 'image.built', step: path, digest: facts.digest, bytes: facts.bytes, layers: facts.layers, cached: built.cachedLayers })
  return { image: built.image, cachedLayers: built.cachedLayers, close: async () => undefined }
}
