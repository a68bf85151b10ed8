/** --build-context: names that stand for a folder, an image or a layout, wherever a Dockerfile names a stage or an image. */
import { problem } from '../base/problem.ts'
import { type IgnoreRules, ignoreRules, parseIgnoreFile } from '../dockerfile/ignore.ts'
import { chooseImage } from '../media/archive.ts'
import { contentStore } from '../media/content-store.ts'
import { openArchive } from '../media/open-archive.ts'
import { assembleImage } from '../oci/assemble.ts'
import type { Platform } from '../oci/platform.ts'
import { parseRef, showRef, withDefaultTag } from '../oci/ref.ts'
import type { Image } from '../oci/views.ts'
import type { BuildRequest, NamedContext } from '../ports/builder.ts'
import { imageFor } from '../registry/pull.ts'
import { sourceFile } from '../text/source-file.ts'
import type { OpenBase } from './build-world.ts'
import type { CacheStore } from './cache/cache-store.ts'
import { directoryTree } from './context/directory.ts'
import { storedLayer } from './layer/stored-layer.ts'
import { type CacheOptions, layerFor } from './solve/layer-cache.ts'
import { joinPath, type Tree, type TreeNode, type Waiting } from './tree/node.ts'

/** Names of contexts in the place of image names: no reference has a space. */
const mark = 'context '

/** The name under which the rest of the builder asks for a context; undefined when there is none of that name. */
export function contextName(name: string, contexts: BuildRequest['contexts']): string | undefined {
  if (contexts === undefined) return undefined
  for (const key of [name, name.toLowerCase()]) if (contexts.has(key)) return `${mark}${key}`
  const full = fullName(name)
  const found = full === undefined ? undefined : [...contexts.keys()].find((key) => fullName(key) === full)
  return found === undefined ? undefined : `${mark}${found}`
}

/** `alpine` and `docker.io/library/alpine:latest` are one image. */
function fullName(name: string): string | undefined {
  const parsed = parseRef(name)
  return parsed.ok ? showRef(withDefaultTag(parsed.value)) : undefined
}

export function contextOf(name: string, contexts: BuildRequest['contexts']): NamedContext | undefined {
  return name.startsWith(mark) ? contexts?.get(name.slice(mark.length)) : undefined
}

export function folderContext(context: Extract<NamedContext, { kind: 'folder' }>, o: { readonly sinceMs: number }): Tree {
  const { name, text } = context.dockerignore ?? { name: '.dockerignore', text: '' }
  const rules: IgnoreRules = text === '' ? ignoreRules([], () => undefined) : parseIgnoreFile(sourceFile(name, text), () => undefined)
  return directoryTree(context.folder, rules, o)
}

interface Opening extends Waiting {
  readonly baseImage: OpenBase
  readonly sinceMs: number
  readonly cache: CacheOptions & { readonly store: CacheStore }
}

/** Base images and the named contexts in their place. */
export function withContexts({ contexts }: BuildRequest, o: Opening): OpenBase {
  return async (name, platform, w) => {
    const context = contextOf(name, contexts)
    return context === undefined ? o.baseImage(name, platform, w) : contextImage(context, platform, o)
  }
}

/** The image that a context stands for; a folder is one with nothing but its files. */
async function contextImage(context: NamedContext, platform: Platform, o: Opening): Promise<Image> {
  switch (context.kind) {
    case 'image':
      return o.baseImage(context.name, platform, o)
    case 'layout': {
      const archive = await openArchive(context.folder, { signal: o.signal, spool: contentStore(context.folder) })
      const wanted =
        context.image === undefined
          ? undefined
          : archive.images.find(({ names }) => names.some((name) => name === context.image || name.endsWith(`:${context.image}`)))
      if (context.image !== undefined && wanted === undefined && archive.images.length !== 1)
        throw problem('BUILD_CONTEXT_INVALID', { name: context.folder, reason: `it has no image named ${context.image}` })
      return imageFor((wanted ?? chooseImage(archive)).view, platform, context.folder)
    }
    case 'folder': {
      const written = storedLayer(await layerFor(await filesOf(folderContext(context, o), o), o.cache), o.cache.store)
      const config = {
        ...platform,
        config: {},
        rootfs: { type: 'layers' as const, diff_ids: [await written.diffId()] },
        history: [{ created_by: 'build context' }],
      }
      return assembleImage({ format: 'oci', config, layers: [written] })
    }
  }
}

async function filesOf(tree: Tree, o: Waiting): Promise<readonly (readonly [string, TreeNode])[]> {
  const found: (readonly [string, TreeNode])[] = []
  const visit = async (folder: string): Promise<void> => {
    for (const [name, node] of await tree.list(folder, o)) {
      const path = joinPath(folder, name)
      found.push([path, node])
      if (node.kind === 'dir') await visit(path)
    }
  }
  await visit('')
  return found
}
