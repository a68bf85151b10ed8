/** Engine buildx: the real `docker buildx build`. It exports, Slipway delivers, so digests and hosts are the same for every engine. */
import { join } from 'node:path'
import { diagnose } from '../../../base/diagnostic.ts'
import { isProblem } from '../../../base/problem.ts'
import type { Builder, Building, BuildRequest, Built } from '../../../ports/builder.ts'
import { severalPlatforms } from '../several-platforms.ts'
import { bakeIn } from './bake.ts'
import { baseContexts } from './base-contexts.ts'
import { buildCommand, type Output, proxySettings } from './build-args.ts'
import type { ChosenBuilder } from './choose-builder.ts'
import { mappedRef } from './client-logins.ts'
import { type Asking, currentBuilder, findTool } from './find-tool.ts'
import { type PrivateFolder, writeClientConfig } from './private-folder.ts'
import { removeLoaded, saveLoaded } from './save-loaded.ts'
import { lentFile } from './take-back.ts'
import { layersOf, takeImage } from './take-image.ts'
import { archives, type BuildxParts, carryOut, inFolder, openTool, platformOf } from './tool-session.ts'
import type { Version } from './tool-version.ts'
import { withoutSecrets } from './without-secrets.ts'

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
    build: (request, building) => tidied(o, building, (asking, id) => buildIn(request, building, { ...asking, id }, o)),
    bake: (request, building) => tidied(o, building, (asking, id) => bakeIn(request, building, { ...asking, id }, o)),
  }
}

/** What is made is kept in the image store until nobody has used it for long: what is too old there goes now and then. */
async function tidied<T>(o: BuildxParts, { signal, emit }: Building, work: (asking: Asking, id: string) => Promise<T>): Promise<T> {
  const made = await inFolder(o, signal, work)
  await o.tidy({ signal }).catch((error: unknown) => emit({ kind: 'log', text: `[internal] the image store was not tidied: ${String(error)}` }))
  return made
}

/** The findings of who would not even start. */
async function lacking(o: BuildxParts, signal: AbortSignal) {
  try {
    await inFolder(o, signal, async (asking) => {
      await writeClientConfig(asking.folder, o.world.env, { auths: {}, proxies: {} })
      await findTool(asking)
      await currentBuilder(asking)
    })
    return []
  } catch (error) {
    if (!isProblem(error)) throw error
    return [error.diagnostic]
  }
}

async function buildIn(request: BuildRequest, building: Building, asking: Asking & { readonly id: string }, o: BuildxParts): Promise<Built> {
  const { emit } = building
  const { builder, version } = await openTool(request.tool, { ...asking, building, proxies: proxySettings(request) }, o)
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

/** Of several that are built side by side: a name for files and tags. */
function showSlot({ platform }: BuildRequest): string {
  return [platform.os, platform.architecture, platform.variant]
    .filter((part) => part !== undefined)
    .join('-')
    .toLowerCase()
}

async function once(session: Session, o: BuildxParts): Promise<Built> {
  const { request, building, folder, id, builder } = session
  const parts = { ...o, folder, id, build: platformOf(builder) ?? request.platform, layouts: archives(builder) }
  const bases = await baseContexts(request, parts, building)
  const output: Output = archives(builder)
    ? { kind: 'archive', file: join(folder.path, `${id}.tar`) }
    : { kind: 'load', name: `slipway.invalid/${id}/image:built` }
  try {
    const command = buildCommand(
      request,
      { ...(await placesOf(request, folder, id)), contexts: bases.contexts, cacheRef: (ref) => mappedRef(ref, o.registries.push.hosts), output },
      { version: session.version, ...(builder.name !== undefined && { builder: builder.name }) },
    )
    const flags = command.unknown.join(', ')
    if (flags !== '') building.emit({ kind: 'note', note: diagnose('BUILDX_TOO_OLD', { version: session.version?.join('.') ?? '', flags }) })
    const tool = { ...session, signal: building.signal }
    if (output.kind === 'load') await folder.note(lentFile, output.name)
    const made = await carryOut(command, { ...tool, dockerfile: request.dockerfile })
    const file = output.kind === 'archive' ? output.file : await saveLoaded(output.name, tool)
    const image = await withoutSecrets(await takeImage(file, o.store, building), request, { store: o.store, signal: building.signal })
    const layers = await layersOf(image)
    const fresh = Math.min(layers.length, made.steps - made.cached)
    for (const [at, layer] of layers.entries()) building.onLayer?.(layer, { made: at >= layers.length - fresh })
    return { image, layers: layers.length, cachedLayers: layers.length - fresh }
  } finally {
    if (output.kind === 'load') await removeLoaded(output.name, session)
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
