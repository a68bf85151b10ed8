/** The engine kaniko: its executor runs in a container of the stage, and what it has made is looked for where it has left it. */
import { basename, join } from 'node:path'
import { problem } from '../../base/problem.ts'
import { stepPath } from '../../events/step-path.ts'
import { baseNames } from '../../image-job/base-names.ts'
import type { BuildSource } from '../../image-job/build-source.ts'
import type { ImageJob } from '../../image-job/image-job.ts'
import type { Image, Index } from '../../oci/views.ts'
import type { OutputChunk, StepEnd } from '../../ports/infrastructure.ts'
import type { ExecutorWork, ImageWork } from '../../steps/image-work.ts'
import type { AcquiredImage } from '../acquire-image.ts'
import { buildArgs, dockerfileOf, platformsOf } from '../build-request.ts'
import type { WorkAt } from '../do-work.ts'
import { exitText } from '../exit-outcome.ts'
import { heardProcess } from '../heard-process.ts'
import { imageFacts } from '../image-facts.ts'
import { refuseMounts } from '../refuse-mounts.ts'
import { registryUse } from '../registry-use.ts'
import { nowKnown } from '../reveal.ts'
import { executorCall, type Made, namesWritten, revealArgv } from './executor-call.ts'

type At = WorkAt<ImageWork>

export async function executedImage(source: BuildSource, executor: ExecutorWork, job: ImageJob, at: At): Promise<AcquiredImage> {
  const { context, step } = at
  const argv = await revealArgv(executor, at)
  const use = await registryUse(job, at)
  const found = await context.toolRegistries({ push: namesWritten(argv), pull: await bases(source, at), use }, { signal: context.signal })
  for (const secret of found.secrets) context.redactor.register(secret)
  const { spec, made } = await executorCall(argv, executor, job, found, at)
  const cached = { layers: 0 }
  const end = await heardProcess(spec, at, (output) => counted(output, cached))
  // Who was asked to end has not failed.
  context.signal.throwIfAborted()
  if (end.exit.kind !== 'exited' || end.exit.code !== 0) throw problem('KANIKO_FAILED', { exit: exitText(end.exit) }, { at: step.at })
  const image = await imageOf(made, end, at, use)
  const facts = await imageFacts(image)
  await context.emit({ kind: 'image.built', step: stepPath(step.path), digest: facts.digest, bytes: facts.bytes, layers: facts.layers, cached: cached.layers })
  return { image, cachedLayers: cached.layers, close: async () => undefined }
}

/** Where its context is elsewhere, so is its Dockerfile. */
async function bases(source: BuildSource, at: At): Promise<readonly string[]> {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(nowKnown(source.context))) return []
  const dockerfile = await dockerfileOf(source, at)
  refuseMounts({ dockerfile }, at)
  const [platform] = platformsOf(source, at)
  const target = source.target === undefined ? undefined : nowKnown(source.target)
  const names = baseNames({ dockerfile, args: await buildArgs(source, at), platform, ...(target !== undefined && { target }) }, platform)
  // Of a Dockerfile that is wrong the executor says why.
  return names.kind === 'read' ? [...names.wanted.keys()] : []
}

/** How the executor tells of what it has found. */
const fromCache = /Using caching version of cmd/g

async function* counted(output: AsyncIterable<OutputChunk>, cached: { layers: number }): AsyncGenerator<OutputChunk> {
  let rest = ''
  for await (const chunk of output) {
    const lines = `${rest}${Buffer.from(chunk.bytes).toString('latin1')}`.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) cached.layers += line.match(fromCache)?.length ?? 0
    yield chunk
  }
}

async function imageOf(made: Made, end: StepEnd, at: At, use: Awaited<ReturnType<typeof registryUse>>): Promise<Image | Index> {
  const { context, state, step } = at
  const { workspace } = state
  const { signal } = context
  if (made.kind === 'pushed') {
    const text = 'output' in made.digest ? end.outputs.get(made.digest.output) : await textOf(made.digest.file, at)
    const digest = text?.trim() ?? ''
    if (digest === '') throw problem('KANIKO_LEFT_NOTHING', { what: 'the digest of what it has pushed' }, { at: step.at })
    const { image } = await context.remoteImages.open(`${withoutTag(made.ref)}@${digest}`, { signal, use })
    return image
  }
  if (made.kind === 'written') {
    await workspace.bringHere?.({ signal })
    return keptImage(workspace.hostPath(made.path), made.path, at)
  }
  const taken = await workspace.takeMade?.(step.path, { signal })
  if (taken === undefined) throw problem('KANIKO_LEFT_NOTHING', { what: 'its folder' }, { at: step.at })
  try {
    return await keptImage(join(taken.folder, basename(made.path)), made.path, at)
  } finally {
    await taken.close()
  }
}

/** In the image store, as later steps and stages may ask for it. */
async function keptImage(place: string, shown: string, { context, step }: At): Promise<Image | Index> {
  const { signal } = context
  const opened = await context.images.openArchive(place, { signal })
  try {
    const digest = await opened.image.digest()
    await context.deliveries.load.deliver(opened.image, { kind: 'load', names: [] }, { signal, progress: () => undefined })
    const kept = await context.images.openDigest(digest, { signal })
    if (kept === undefined) throw problem('KANIKO_LEFT_NOTHING', { what: `the image, as ${shown} has it, in the image store` }, { at: step.at })
    return kept.image
  } finally {
    await opened.close()
  }
}

async function textOf(path: string, { state, context }: At): Promise<string | undefined> {
  await state.workspace.bringHere?.({ signal: context.signal })
  const bytes = await context.readFile(state.workspace.hostPath(path)).catch(() => undefined)
  return bytes?.toString('utf8')
}

/** A tag, but not the port of a registry. */
function withoutTag(ref: string): string {
  return ref.replace(/:[^/:]*$/, '')
}
