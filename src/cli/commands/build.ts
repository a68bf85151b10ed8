/** `slipway build CONTEXT`: docker build's flags, the embedded builder, no daemon. */
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { humanBytes, humanDuration } from '../../base/human.ts'
import { isProblem } from '../../base/problem.ts'
import { type ImageRef, showRef } from '../../oci/ref.ts'
import { describe } from '../../oci/views.ts'
import { weigh } from '../../oci/weigh.ts'
import type { BuildRequest, Built } from '../../ports/builder.ts'
import { type HeadStart, headStart } from '../../registry/head-start.ts'
import { sourceFile } from '../../text/source-file.ts'
import { type Annotations, annotated, readAnnotations } from '../build/annotations.ts'
import { bring, pushedTo } from '../build/bring.ts'
import { callDockerfile } from '../build/call.ts'
import { openContexts } from '../build/contexts.ts'
import type { BuildOptions } from '../build/options.ts'
import { type BuildOutput, outputsOf } from '../build/outputs.ts'
import { buildProgress } from '../build/progress.ts'
import { requestOf } from '../build/request.ts'
import { markedExcerpt } from '../build/tell-failure.ts'
import { type ExitCode, exitCodes } from '../failures.ts'
import { referenceOf } from '../images/reference-of.ts'
import { withClient } from '../images/with-client.ts'
import type { World } from '../world.ts'

export async function buildCommand(context: string, o: BuildOptions, world: World): Promise<ExitCode> {
  const startedAt = world.clock.now()
  const refs = o.tag.map(referenceOf)
  const outputs = outputsOf(o)
  const annotations = readAnnotations(o.annotation)
  const flags = await requestOf(o, world)
  const { close, ...contexts } = await openContexts(context, o, flags, world)
  try {
    return await buildRequest({ ...flags, ...contexts }, o, world, { refs, outputs, annotations, startedAt })
  } finally {
    await close()
  }
}

interface Going {
  readonly refs: readonly ImageRef[]
  readonly outputs: readonly BuildOutput[]
  readonly annotations: Annotations
  readonly startedAt: number
}

async function buildRequest(request: BuildRequest, o: BuildOptions, world: World, { refs, outputs, annotations, startedAt }: Going): Promise<ExitCode> {
  const called = o.check === true || o.call === 'lint' ? 'check' : o.call
  if (called !== undefined && called !== 'build') return callDockerfile(called, request, world)
  return withClient(o, world, async (client) => {
    const ahead = headStart(pushedTo(outputs, refs), { client, signal: world.signal })
    try {
      const built = await buildAndTell(request, o, { open: () => world.tools.builder(client, world.home), onLayer: ahead.offer }, world)
      const view = await annotated(built.image, annotations)
      const failed = await bring(outputs, { view, refs, client, ahead: ahead.sent }, world)
      const toStdout = outputs.some((output) => 'path' in output && output.path === '-')
      await summarize({ ...built, image: view }, { o, refs, toStdout, tookMs: world.clock.now() - startedAt }, world)
      return failed ? exitCodes.problems : exitCodes.done
    } finally {
      await ahead.end()
    }
  })
}

/** What fails is told as BuildKit tells it, and then as the problem that it is, by whoever prints problems. */
interface With {
  readonly open: () => ReturnType<World['tools']['builder']>
  readonly onLayer: HeadStart['offer']
}

async function buildAndTell(request: BuildRequest, o: BuildOptions, { open, onLayer }: With, world: World): Promise<Built> {
  const builder = await open()
  const progress = buildProgress(o.quiet === true ? 'quiet' : o.progress, world)
  try {
    const built = await builder.build(request, { signal: world.signal, emit: progress.emit, onLayer })
    progress.end()
    return built
  } catch (error) {
    const failures = progress.end()
    const source = sourceFile(request.dockerfile.name, request.dockerfile.text)
    const excerpt = isProblem(error) && o.progress !== 'json' ? markedExcerpt(source, error.diagnostic.at) : []
    if (!world.signal.aborted) for (const line of [...failures, ...excerpt]) await world.stderr.write(`${line}\n`)
    throw error
  }
}

interface Story {
  readonly o: BuildOptions
  readonly refs: readonly ImageRef[]
  readonly tookMs: number
  /** Standard output is taken: the digest goes nowhere. */
  readonly toStdout: boolean
}

async function summarize(built: Built, { o, refs, tookMs, toStdout }: Story, world: World): Promise<void> {
  const digest = await built.image.digest()
  const id = await imageId(built)
  if (o.iidfile !== undefined) await writeFile(resolve(world.cwd, o.iidfile), id)
  if (o.metadataFile !== undefined) {
    const metadata = {
      'containerimage.config.digest': id,
      'containerimage.descriptor': await describe(built.image),
      'containerimage.digest': digest,
      'image.name': refs.map(showRef).join(','),
    }
    await writeFile(resolve(world.cwd, o.metadataFile), `${JSON.stringify(metadata, null, 2)}\n`)
  }
  const quiet = o.quiet === true || o.progress === 'quiet'
  if (!quiet && o.progress !== 'json') {
    const { bytes } = await weigh(built.image)
    await world.stderr.write(`${built.layers} layers (${built.cachedLayers} cached), ${humanBytes(bytes)}, in ${humanDuration(tookMs)}\n`)
  }
  if (!toStdout) await world.stdout.write(`${digest}\n`)
}

/** What `docker build` calls the image's id: the digest of its configuration. */
async function imageId({ image }: Built): Promise<string> {
  return image.kind === 'image' ? (await image.manifest()).config.digest : image.digest()
}
