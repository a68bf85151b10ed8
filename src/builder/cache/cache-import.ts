/** Opens caches of other machines: only their records are read. What is not there, or cannot be read, is said and left out. */
import { type Diagnostic, diagnose } from '../../base/diagnostic.ts'
import { isProblem, Problem } from '../../base/problem.ts'
import type { CacheSource } from '../../image-job/cache-place.ts'
import { contentStore } from '../../media/content-store.ts'
import { openArchive } from '../../media/open-archive.ts'
import type { Digest } from '../../oci/digest.ts'
import { parseRef, showRef, withDefaultTag } from '../../oci/ref.ts'
import type { Image, Index, Layer, Waiting } from '../../oci/views.ts'
import { hasBlob } from '../../registry/blobs.ts'
import type { RegistryClient } from '../../registry/client.ts'
import { pull } from '../../registry/pull.ts'
import { type CacheDocument, cacheConfigType, inlineKey, parseDocument } from './artifact.ts'

/** For a connector's credentials; undefined: whatever this machine has. */
export type CacheClient = (connector: string | undefined) => RegistryClient

export interface CacheImport {
  /** The folder or the reference. */
  readonly label: string
  readonly document: CacheDocument
  readonly records: ReadonlyMap<string, string>
  readonly layers: ReadonlyMap<Digest, Layer>
  /** Asked at the place itself. False also when it cannot be asked. */
  has(digest: Digest): Promise<boolean>
}

export interface ImportOptions extends Waiting {
  readonly client: CacheClient
  readonly tell: (note: Diagnostic) => void
}

export async function openImports(sources: readonly CacheSource[], o: ImportOptions): Promise<readonly CacheImport[]> {
  const opened = await Promise.all(sources.map((source) => openOne(source, o)))
  return opened.flatMap((one) => one ?? [])
}

async function openOne(source: CacheSource, o: ImportOptions): Promise<CacheImport | undefined> {
  const place = source.kind === 'local' ? source.dir : source.ref
  try {
    const opened = source.kind === 'local' ? await fromFolder(source) : await fromRegistry(source, o)
    if (opened === undefined) o.tell(diagnose('CACHE_EMPTY', { place }))
    return opened
  } catch (error) {
    o.signal.throwIfAborted()
    if (!isProblem(error)) throw error
    const absent = error.code === 'REGISTRY_NOT_FOUND' || error.code === 'ARCHIVE_NOT_FOUND'
    o.tell(absent ? diagnose('CACHE_EMPTY', { place }) : diagnose('CACHE_IMPORT_FAILED', { place, reason: error.message }))
    return undefined
  }
}

async function fromRegistry(source: Extract<CacheSource, { kind: 'registry' }>, o: ImportOptions): Promise<CacheImport | undefined> {
  const parsed = parseRef(source.ref)
  if (!parsed.ok) throw new Problem(parsed.diagnostics[0] as Diagnostic)
  const ref = withDefaultTag(parsed.value)
  const client = o.client(source.connector)
  const repository = client.repository(ref, ['pull'])
  const has = (digest: Digest) => hasBlob(repository, digest, o).catch(() => false)
  return importOf(await pull(ref, { client, signal: o.signal }), showRef(ref), has)
}

async function fromFolder({ dir, tag }: Extract<CacheSource, { kind: 'local' }>): Promise<CacheImport | undefined> {
  const archive = await openArchive(dir, { signal: new AbortController().signal })
  const image = archive.images.find(({ names }) => names.some((name) => name === tag || name.endsWith(`:${tag}`)))
  const blobs = contentStore(dir)
  return image === undefined ? undefined : importOf(image.view, dir, (digest) => blobs.has(digest))
}

/** A cache of ours, or an image that carries its own: of several platforms, all. */
export async function importOf(view: Image | Index, label: string, has: CacheImport['has']): Promise<CacheImport | undefined> {
  const images = await imagesOf(view)
  const found = await Promise.all(images.map(async (image) => ({ image, document: await documentOf(image) })))
  const own = found.flatMap(({ image, document }) => (document === undefined ? [] : [{ image, document }]))
  if (own.length === 0) return undefined
  const layers = new Map<Digest, Layer>()
  for (const { image } of own) for (const layer of await image.layers()) layers.set((await layer.descriptor()).digest, layer)
  const document = {
    records: own.flatMap((one) => one.document.records),
    stories: own.flatMap((one) => one.document.stories),
    mounts: own.flatMap((one) => one.document.mounts),
  }
  const asked = new Map<Digest, Promise<boolean>>()
  return {
    label,
    document,
    records: new Map(document.records.map(({ name, value }) => [name, value])),
    layers,
    has(digest) {
      const answer = asked.get(digest) ?? has(digest)
      asked.set(digest, answer)
      return answer
    },
  }
}

async function imagesOf(view: Image | Index): Promise<readonly Image[]> {
  if (view.kind === 'image') return [view]
  const children = await Promise.all((await view.children()).map((child) => child.open()))
  return children.flatMap((child) => (child.kind === 'image' ? child : []))
}

async function documentOf(image: Image): Promise<CacheDocument | undefined> {
  const { config, layers } = await image.manifest()
  try {
    const json: unknown = JSON.parse((await image.configBytes()).toString('utf8'))
    const value = config.mediaType === cacheConfigType ? json : (json as Record<string, unknown>)[inlineKey]
    return parseDocument(value, new Set(layers.map(({ digest }) => digest)))
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined
    throw error
  }
}
