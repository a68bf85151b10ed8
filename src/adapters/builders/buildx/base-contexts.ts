/** Base images by way of this program: fetched with the hosts and the credentials of the step, and handed to buildx as named contexts. */
import { mkdir, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { diagnose } from '../../../base/diagnostic.ts'
import { problem } from '../../../base/problem.ts'
import { baseNames } from '../../../image-job/base-names.ts'
import type { ContentStore } from '../../../media/content-store.ts'
import { saveImage } from '../../../media/stored-image.ts'
import { writeArchive } from '../../../media/write-archive.ts'
import { assembleIndex } from '../../../oci/assemble.ts'
import { normalPlatform, type Platform } from '../../../oci/platform.ts'
import { parseRef } from '../../../oci/ref.ts'
import type { Image, Index } from '../../../oci/views.ts'
import type { Building, BuildRequest, NamedContext } from '../../../ports/builder.ts'
import { lastLine } from './find-tool.ts'
import type { PrivateFolder } from './private-folder.ts'
import { runTool, type ToolWorld } from './run-tool.ts'
import { lentFile } from './take-back.ts'

/** `local`: one that this machine has under its name is taken as it is. */
export type OpenBase = (name: string, platform: Platform, o: { readonly signal: AbortSignal; readonly local: boolean }) => Promise<Image>

export interface BaseParts {
  readonly folder: PrivateFolder
  readonly world: ToolWorld
  readonly id: string
  readonly store: ContentStore
  /** Folder of the store. */
  readonly storeDir: string
  readonly openBase: OpenBase
  /** The platform that the builder itself runs on. */
  readonly build: Platform
  /** The builder reads layouts; otherwise images are loaded into its daemon. */
  readonly layouts: boolean
  /** Names that somebody else gives a meaning to. */
  readonly except?: readonly string[]
}

export interface BaseContexts {
  readonly contexts: ReadonlyMap<string, string>
  close(): Promise<void>
}

const closeMs = 60_000

export async function baseContexts(request: BuildRequest, o: BaseParts, { signal, emit }: Building): Promise<BaseContexts> {
  const contexts = new Map<string, string>()
  const loaded: string[] = []
  const close = async (): Promise<void> => {
    if (loaded.length > 0)
      await runTool(['image', 'rm', ...loaded], { env: o.folder.env, kill: o.world.kill, signal: AbortSignal.timeout(closeMs) }).catch(() => undefined)
  }
  const layout = join(o.folder.path, `bases-${o.id}`)
  if (o.layouts) {
    // The tool keeps notes of its own beside the blobs it reads.
    await mkdir(layout, { recursive: true })
    await symlink(join(o.storeDir, 'blobs'), join(layout, 'blobs'))
  }
  try {
    for (const [name, image] of await images(request, o, { signal, emit })) {
      if (o.layouts) {
        const { digest } = await saveImage(o.store, image, { signal })
        contexts.set(name, `oci-layout://${layout}@${digest}`)
      } else {
        const tag = `slipway.invalid/${o.id}/base:${loaded.length + 1}`
        await o.folder.note(lentFile, tag)
        await load(image, tag, o, signal)
        loaded.push(tag)
        contexts.set(name, `docker-image://${tag}`)
      }
    }
    for (const [name, context] of request.contexts ?? []) if (context.kind !== 'image') contexts.set(name, showContext(context))
    return { contexts, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function images(request: BuildRequest, o: BaseParts, { signal, emit }: Building): Promise<ReadonlyMap<string, Image | Index>> {
  const read = baseNames(request, o.build)
  if (read.kind === 'unread') {
    emit({ kind: 'note', note: diagnose('BUILDX_BASE_UNREAD', { reason: read.because.message }, { at: read.because.at }) })
    return new Map()
  }
  const wanted = new Map([...read.wanted].filter(([name]) => o.except?.includes(name) !== true))
  const targets = request.platforms ?? [request.platform]
  const found = new Map<string, Image | Index>()
  const how = { openBase: o.openBase, signal, local: request.localBases === true }
  for (const [name, context] of request.contexts ?? []) {
    wanted.delete(name)
    if (context.kind === 'image') found.set(name, await openFor(context.name, targets, how))
  }
  for (const [name, platforms] of wanted) found.set(name, await openFor(name, platforms, how))
  return found
}

/** One platform: the image. Several: an index of theirs. */
async function openFor(
  name: string,
  platforms: readonly Platform[],
  { openBase, ...how }: Pick<BaseParts, 'openBase'> & Parameters<OpenBase>[2],
): Promise<Image | Index> {
  const opened = await Promise.all(platforms.map(async (platform) => ({ view: await openBase(name, platform, how), platform: normalPlatform(platform) })))
  const [first, ...others] = opened
  if (first === undefined) throw new Error(`${name} is wanted for no platform`)
  const digests = new Set(await Promise.all(opened.map(({ view }) => view.digest())))
  if (others.length === 0 || digests.size === 1) return first.view
  return assembleIndex({ format: first.view.mediaType.includes('docker') ? 'docker' : 'oci', children: opened })
}

async function load(image: Image | Index, tag: string, o: BaseParts, signal: AbortSignal): Promise<void> {
  const ref = parseRef(tag)
  if (!ref.ok) throw new Error(`${tag} is no reference`)
  const file = join(o.folder.path, 'base.tar')
  await writeArchive(file, [{ view: image, refs: [ref.value] }], { signal, durability: 'fast' })
  const ran = await runTool(['image', 'load', '--quiet', '--input', file], { env: o.folder.env, kill: o.world.kill, signal })
  await rm(file, { force: true })
  if (ran.code !== 0) throw problem('BUILDX_FAILED', { reason: `a base image could not be loaded: ${lastLine(ran.err)}` })
}

function showContext(context: Exclude<NamedContext, { readonly kind: 'image' }>): string {
  if (context.kind === 'folder') return context.folder
  return `oci-layout://${context.folder}${context.image === undefined ? '' : `:${context.image}`}`
}
