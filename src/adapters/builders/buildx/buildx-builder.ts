/** Engine buildx: the real `docker buildx build`. It exports, Slipway delivers, so digests and hosts are the same for every engine. */
import { join } from 'node:path'
import { diagnose } from '../../../base/diagnostic.ts'
import { isProblem } from '../../../base/problem.ts'
import type { ContentStore } from '../../../media/content-store.ts'
import { parsePlatform } from '../../../oci/platform.ts'
import type { Builder, Building, BuildRequest, Built } from '../../../ports/builder.ts'
import { noWishes } from '../../../ports/tool-wishes.ts'
import { severalPlatforms } from '../several-platforms.ts'
import { baseContexts, type OpenBase } from './base-contexts.ts'
import { buildCommand, type CommandLine, type Output, proxySettings } from './build-args.ts'
import { buildStory } from './build-story.ts'
import { holdsSecret } from './cache-flags.ts'
import { type ChosenBuilder, chooseBuilder } from './choose-builder.ts'
import { clientAuths, mappedRef, type ToolRegistry } from './client-logins.ts'
import { type Asking, findTool, inspectBuilder, lastLine } from './find-tool.ts'
import { plainProgress } from './plain-progress.ts'
import { type PrivateFolder, privateFolder, writeClientConfig } from './private-folder.ts'
import { readProgressLine } from './progress-schema.ts'
import { runTool, type ToolWorld } from './run-tool.ts'
import { layersOf, takeImage } from './take-image.ts'
import { toolFailure } from './tool-failure.ts'
import type { Version } from './tool-version.ts'

export interface BuildxParts {
  readonly world: ToolWorld
  /** For the folders of builds. */
  readonly workDir: string
  readonly store: ContentStore
  readonly storeDir: string
  readonly openBase: OpenBase
  readonly registries: { readonly pull: ToolRegistry; readonly push: ToolRegistry }
  readonly newId: () => string
  readonly pid: number
}

interface Session extends Asking {
  readonly request: BuildRequest
  readonly building: Building
  readonly id: string
  readonly builder: ChosenBuilder
  readonly version: Version | undefined
}

export function buildxBuilder(o: BuildxParts): Builder {
  return {
    name: 'buildx',
    check: (_request, { signal }) => lacking(o, signal),
    ready: ({ signal }) => lacking(o, signal),
    build: (request, building) => inFolder(o, building.signal, (asking, id) => buildIn(request, building, { ...asking, id }, o)),
  }
}

/** The findings of who would not even start. */
async function lacking(o: BuildxParts, signal: AbortSignal) {
  try {
    await inFolder(o, signal, async (asking) => {
      await writeClientConfig(asking.folder, o.world.env, { auths: {}, proxies: {} })
      await findTool(asking)
      await inspectBuilder(undefined, asking)
    })
    return []
  } catch (error) {
    if (!isProblem(error)) throw error
    return [error.diagnostic]
  }
}

async function inFolder<T>(o: BuildxParts, signal: AbortSignal, work: (asking: Asking, id: string) => Promise<T>): Promise<T> {
  signal.throwIfAborted()
  const id = o.newId()
  const folder = await privateFolder({ root: o.workDir, id, pid: o.pid, env: o.world.env, isAlive: (pid) => isAlive(pid, o.world) })
  try {
    return await work({ folder, world: o.world, signal }, id)
  } finally {
    await folder.remove()
  }
}

function isAlive(pid: number, { kill }: ToolWorld): boolean {
  try {
    kill(pid, 0 as unknown as NodeJS.Signals)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function buildIn(request: BuildRequest, building: Building, asking: Asking & { readonly id: string }, o: BuildxParts): Promise<Built> {
  const { emit, signal } = building
  const wishes = request.tool ?? noWishes
  await writeClientConfig(asking.folder, o.world.env, { auths: await clientAuths(wishes, o.registries, { signal }), proxies: proxySettings(request) })
  for (const { type } of [...wishes.cacheFrom, ...wishes.cacheTo].filter(holdsSecret)) emit({ kind: 'note', note: diagnose('BUILDX_CACHE_SECRET', { type }) })
  const { version, versionText } = await findTool(asking)
  const builder = await chooseBuilder(request.tool, asking, { id: asking.id, emit })
  emit({ kind: 'log', text: `[internal] docker buildx ${versionText}, builder ${builder.name ?? builder.facts.name}, driver ${builder.facts.driver}` })
  const session = { ...asking, request, building, builder, version }
  try {
    if (archives(builder)) return await once(session, o)
    emit({ kind: 'note', note: diagnose('BUILDX_LOADS', {}) })
    const single: Builder = {
      name: 'buildx',
      check: async () => [],
      build: (one, b) => once({ ...session, request: one, building: b, id: `${asking.id}-${showSlot(one)}` }, o),
    }
    return await severalPlatforms(single).build(request, building)
  } finally {
    await builder.close()
  }
}

function archives({ facts }: ChosenBuilder): boolean {
  return facts.driver !== 'docker' || facts.containerd
}

/** Of several that are built side by side: a name for files and tags. */
function showSlot({ platform }: BuildRequest): string {
  return [platform.os, platform.architecture, platform.variant]
    .filter((part) => part !== undefined)
    .join('-')
    .toLowerCase()
}

async function once(session: Session, o: BuildxParts): Promise<Built> {
  const { request, building, folder, id, builder } = session
  const [platform = ''] = builder.facts.platforms
  const build = parsePlatform(platform)
  const parts = { ...o, folder, id, build: build.ok ? build.value : request.platform, layouts: archives(builder) }
  const bases = await baseContexts(request, parts, building)
  try {
    const output: Output = archives(builder)
      ? { kind: 'archive', file: join(folder.path, `${id}.tar`) }
      : { kind: 'load', name: `slipway.invalid/${id}/image:built` }
    const command = buildCommand(
      request,
      { ...(await placesOf(request, folder, id)), contexts: bases.contexts, cacheRef: (ref) => mappedRef(ref, o.registries.push.hosts), output },
      { version: session.version, ...(builder.name !== undefined && { builder: builder.name }) },
    )
    for (const flags of [command.unknown.join(', ')])
      if (flags !== '') building.emit({ kind: 'note', note: diagnose('BUILDX_TOO_OLD', { version: session.version?.join('.') ?? '', flags }) })
    const made = await carryOut(command, session)
    const file = await exported(output, session)
    const image = await takeImage(file, o.store, building)
    const layers = await layersOf(image)
    const fresh = Math.min(layers.length, made.steps - made.cached)
    for (const [at, layer] of layers.entries()) building.onLayer?.(layer, { made: at >= layers.length - fresh })
    return { image, layers: layers.length, cachedLayers: layers.length - fresh }
  } finally {
    await bases.close()
  }
}

/** Dockerfile, secrets and keys as files that only this user can read. */
async function placesOf(request: BuildRequest, folder: PrivateFolder, id: string) {
  const dockerfile = await folder.write(`${id}/Dockerfile`, request.dockerfile.text)
  if (request.dockerignore !== undefined) await folder.write(`${id}/Dockerfile.dockerignore`, request.dockerignore.text)
  const secrets = new Map<string, string>()
  for (const [name, bytes] of request.secrets ?? []) secrets.set(name, await folder.write(`${id}/secret-${secrets.size}`, bytes))
  const ssh = new Map<string, readonly string[]>()
  for (const [name, source] of request.ssh ?? [])
    ssh.set(name, source.kind === 'agent' ? [source.socket] : await Promise.all(source.keys.map((key, at) => folder.write(`${id}/key-${ssh.size}-${at}`, key))))
  return { dockerfile, secrets, ssh }
}

async function carryOut(command: CommandLine, { request, building, folder, world }: Session): Promise<{ readonly steps: number; readonly cached: number }> {
  const { name, text } = request.dockerfile
  const story = buildStory(building.emit, { file: name, lineCount: text.split('\n').length })
  const plain = plainProgress()
  const beside: string[] = []
  const onLine = (line: string): void => {
    const progress = readProgressLine(line) ?? plain(line)
    if (progress !== undefined) story.take(progress)
    else beside.push(line)
    if (beside.length > 1000) beside.shift()
  }
  try {
    const { code } = await runTool(command.args, { env: { ...folder.env, ...command.env }, kill: world.kill, signal: building.signal, onLine })
    if (code !== 0) throw toolFailure(beside, { name, text, given: 'Dockerfile' })
    story.end('done')
    return story.made()
  } catch (error) {
    story.end(building.signal.aborted ? 'aborted' : 'failed')
    throw error
  }
}

const closeMs = 60_000

/** Where the archive is; what the daemon was lent is taken back. */
async function exported(output: Output, { folder, world, building, id }: Session): Promise<string> {
  if (output.kind === 'archive') return output.file
  const file = join(folder.path, `${id}.tar`)
  const tool = { env: folder.env, kill: world.kill }
  try {
    const ran = await runTool(['image', 'save', '--output', file, output.name], { ...tool, signal: building.signal })
    if (ran.code !== 0) throw new Error(lastLine(ran.err))
    return file
  } finally {
    await runTool(['image', 'rm', output.name], { ...tool, signal: AbortSignal.timeout(closeMs) }).catch(() => undefined)
  }
}
