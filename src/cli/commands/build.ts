/** `slipway build CONTEXT`: docker build's flags, the embedded builder, no daemon. */
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { humanBytes, humanDuration } from '../../base/human.ts'
import { Problem, problem } from '../../base/problem.ts'
import { cacheLine } from '../../events/cache-line.ts'
import { saveImage } from '../../media/stored-image.ts'
import { writeArchive } from '../../media/write-archive.ts'
import { writeLayout } from '../../media/write-layout.ts'
import { type Platform, parsePlatform } from '../../oci/platform.ts'
import { type ImageRef, showRef } from '../../oci/ref.ts'
import { weigh } from '../../oci/weigh.ts'
import type { BuildEvent, BuildRequest, Built } from '../../ports/builder.ts'
import type { RegistryClient } from '../../registry/client.ts'
import { deliver } from '../../registry/deliver.ts'
import { renderDiagnostic } from '../../text/render-diagnostic.ts'
import { type ExitCode, exitCodes, paintFor, printDiagnostics } from '../failures.ts'
import { type BuildOutput, parseOutput } from '../images/build-output.ts'
import { localImages } from '../images/local-images.ts'
import { referenceOf } from '../images/reference-of.ts'
import { type ClientOptions, withClient } from '../images/with-client.ts'
import { nameValues } from '../name-value.ts'
import type { World } from '../world.ts'

export interface BuildOptions extends ClientOptions {
  readonly file?: string
  readonly tag: readonly string[]
  readonly target?: string
  readonly buildArg: readonly string[]
  readonly label: readonly string[]
  readonly platform?: string
  readonly cache: boolean
  readonly push?: boolean
  readonly output: readonly string[]
  readonly iidfile?: string
  readonly metadataFile?: string
  readonly reproducible?: boolean
  readonly progress: 'plain' | 'json' | 'quiet'
}

export async function buildCommand(contextDir: string, o: BuildOptions, world: World): Promise<ExitCode> {
  const startedAt = world.clock.now()
  const refs = o.tag.map(referenceOf)
  const outputs = outputsOf(o, refs)
  const request = await requestOf(resolve(world.cwd, contextDir), o, world)
  return withClient(o, world, async (client) => {
    const builder = await world.tools.builder(client, world.home)
    const built = await builder.build(request, { signal: world.signal, emit: (event) => tell(event, o.progress, world) })
    const failed = await bring(built, outputs, refs, client, world)
    await summarize(built, o, world.clock.now() - startedAt, refs, world)
    return failed ? exitCodes.problems : exitCodes.done
  })
}

function outputsOf(o: BuildOptions, refs: readonly ImageRef[]): readonly BuildOutput[] {
  const given = o.output.map(parseOutput)
  if (o.push === true) given.push({ kind: 'registry' })
  if (given.some((output) => output.kind === 'registry') && refs.length === 0) throw problem('BUILD_TAG_NEEDED', {})
  return given.length === 0 ? [{ kind: 'store' }] : given
}

async function requestOf(contextDir: string, o: BuildOptions, world: World): Promise<BuildRequest> {
  const dockerfile = o.file === undefined ? join(contextDir, 'Dockerfile') : resolve(world.cwd, o.file)
  const text = await readFile(dockerfile, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw problem('FILE_UNREADABLE', { file: dockerfile, reason: cause.code === 'ENOENT' ? 'there is no such file' : cause.message, cwd: world.cwd }, { cause })
  })
  const dockerignore = await ignoreFile(dockerfile, contextDir)
  return {
    contextDir,
    dockerfile: { name: o.file ?? 'Dockerfile', text },
    ...(dockerignore !== undefined && { dockerignore }),
    ...(o.target !== undefined && { target: o.target }),
    args: new Map(Object.entries(buildArgs(o.buildArg, world.env))),
    labels: new Map(Object.entries(nameValues('--label', o.label))),
    platform: platformOf(o.platform, world),
    created: world.clock.now(),
    reproducible: o.reproducible ?? false,
    noCache: !o.cache,
  }
}

/** `--build-arg NAME` alone takes the value of the environment; unset there means unset here. */
function buildArgs(given: readonly string[], env: World['env']): Record<string, string> {
  const alone = given.filter((text) => !text.includes('='))
  const values = nameValues(
    '--build-arg',
    given.filter((text) => text.includes('=')),
  )
  for (const name of alone) {
    const value = env[name]
    if (value !== undefined) values[name] = value
  }
  return values
}

/** `<Dockerfile>.dockerignore` goes before the context's own. */
async function ignoreFile(dockerfile: string, contextDir: string): Promise<{ readonly name: string; readonly text: string } | undefined> {
  for (const file of [`${dockerfile}.dockerignore`, join(contextDir, '.dockerignore')]) {
    const text = await readFile(file, 'utf8').catch(() => undefined)
    if (text !== undefined) return { name: dirname(file) === contextDir ? file.slice(contextDir.length + 1) : file, text }
  }
  return undefined
}

function platformOf(text: string | undefined, world: World): Platform {
  if (text === undefined) return world.platform
  const parsed = parsePlatform(text)
  if (parsed.ok) return parsed.value
  const [wrong] = parsed.diagnostics
  throw wrong === undefined ? new Error(`no platform: ${text}`) : new Problem(wrong)
}

function tell(event: BuildEvent, progress: BuildOptions['progress'], world: World): void {
  if (progress === 'quiet') return
  if (progress === 'json') return void world.stderr.write(`${JSON.stringify(event)}\n`)
  if (event.kind === 'log') void world.stderr.write(`${event.text}\n`)
  else if (event.kind === 'step') void world.stderr.write(`#${event.step} ${event.title}\n`)
  else if (event.kind === 'end') void world.stderr.write(`#${event.step} ${event.state.toUpperCase()}\n`)
  else if (event.kind === 'cache') void world.stderr.write(`${cacheLine(event)}\n`)
  else if (event.kind === 'note') void world.stderr.write(`${renderDiagnostic(event.note, { paint: paintFor(world.stderr) })}\n`)
}

/** True when a registry refused something; everything else throws. */
async function bring(built: Built, outputs: readonly BuildOutput[], refs: readonly ImageRef[], client: RegistryClient, world: World): Promise<boolean> {
  const { signal, home, cwd } = world
  const view = built.image
  let failed = false
  for (const output of outputs) {
    if (output.kind === 'archive') await writeArchive(resolve(cwd, output.path), [{ view, refs }], { signal })
    else if (output.kind === 'layout') await writeLayout(resolve(cwd, output.path), [{ view, refs }], { signal })
    else if (output.kind === 'store') {
      const images = localImages(home)
      const descriptor = await saveImage(images.blobs, view, { signal })
      for (const ref of refs) await images.names.set(showRef(ref), descriptor)
    } else {
      for (const result of await deliver(view, refs, { client, signal })) {
        if (result.kind !== 'failed') continue
        failed = true
        await printDiagnostics([result.problem.diagnostic], [], world)
      }
    }
  }
  return failed
}

async function summarize(built: Built, o: BuildOptions, tookMs: number, refs: readonly ImageRef[], world: World): Promise<void> {
  const digest = await built.image.digest()
  const { bytes } = await weigh(built.image)
  if (o.iidfile !== undefined) await writeFile(resolve(world.cwd, o.iidfile), await imageId(built))
  if (o.metadataFile !== undefined) {
    const metadata = { 'containerimage.digest': digest, 'containerimage.config.digest': await imageId(built), 'image.name': refs.map(showRef).join(',') }
    await writeFile(resolve(world.cwd, o.metadataFile), `${JSON.stringify(metadata, null, 2)}\n`)
  }
  await world.stderr.write(`${built.layers} layers (${built.cachedLayers} cached), ${humanBytes(bytes)}, in ${humanDuration(tookMs)}\n`)
  await world.stdout.write(`${digest}\n`)
}

/** What `docker build` calls the image's id: the digest of its configuration. */
async function imageId({ image }: Built): Promise<string> {
  return image.kind === 'image' ? (await image.manifest()).config.digest : image.digest()
}
