/** A cache as a manifest that every registry takes: one layer per result, and the records as its configuration. */
import { digestOf } from '../../oci/digest.ts'
import { mediaTypes } from '../../oci/media-types.ts'
import { imageFromManifest } from '../../oci/partial-image.ts'
import type { Image, Layer } from '../../oci/views.ts'
import { keyOf } from '../mounts/mount-name.ts'
import { type CacheDocument, cacheArtifactType, cacheConfigType, encodeDocument, layerOf } from './artifact.ts'
import type { CacheImport } from './cache-import.ts'
import type { Collected } from './collect-records.ts'

/** Registries take manifests of 4 MiB; that many layers stay far below. */
const mostLayers = 1000
const mostStories = 8

/** Builds of several Dockerfiles, platforms and branches share one place: what is there stays, until it is old. */
export function merged(own: Collected, before: CacheImport | undefined, oldestMs: number): Collected {
  const records = new Map((before?.document.records ?? []).filter(({ at }) => at >= oldestMs).map((row) => [row.name, row]))
  for (const row of own.document.records) records.set(row.name, row)
  const newest = [...records.values()].toSorted((a, b) => b.at - a.at)
  const wanted = new Set(newest.flatMap((row) => layerOf(row)?.digest ?? []).slice(0, mostLayers))
  const kept = newest.filter((row) => {
    const layer = layerOf(row)
    return layer === undefined || wanted.has(layer.digest)
  })
  const stories = [...own.document.stories, ...(before?.document.stories ?? [])].slice(0, mostStories)
  const mounts = new Map((before?.document.mounts ?? []).filter(({ at }) => at === 0 || at >= oldestMs).map((row) => [keyOf(row), row]))
  for (const row of own.document.mounts) mounts.set(keyOf(row), row)
  return { document: { records: kept, stories, mounts: [...mounts.values()] }, layers: [...own.layers, ...(before?.layers.values() ?? [])] }
}

export async function cacheImage({ document, layers }: Collected): Promise<Image> {
  const configBytes = Buffer.from(encodeDocument(document))
  const named = new Set([...document.records.flatMap((row) => layerOf(row)?.digest ?? []), ...document.mounts.map(({ descriptor }) => descriptor.digest)])
  const byDigest = new Map<string, Layer>()
  for (const layer of layers) {
    const { digest } = await layer.descriptor()
    if (named.has(digest) && !byDigest.has(digest)) byDigest.set(digest, layer)
  }
  const ordered = [...byDigest].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, layer]) => layer)
  const manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    artifactType: cacheArtifactType,
    config: { mediaType: cacheConfigType, digest: digestOf(configBytes), size: configBytes.length },
    layers: await Promise.all(ordered.map((layer) => layer.descriptor())),
  }
  return imageFromManifest({
    name: 'the build cache',
    mediaType: mediaTypes.ociManifest,
    manifestBytes: Buffer.from(JSON.stringify(manifest)),
    readConfig: async () => configBytes,
    layer: (_descriptor, _diffId, position) => ordered[position] as Layer,
  })
}

/** As it stands in the configuration of an image that carries its own cache. */
export function inlineDocument({ document }: Collected): unknown {
  return JSON.parse(
    encodeDocument({ records: document.records.filter(({ name }) => !name.startsWith('files-')), stories: [], mounts: [] } satisfies CacheDocument),
  )
}
