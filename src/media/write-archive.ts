/** Writes the hybrid archive: a docker archive and an OCI layout over the same blobs, with the exact manifests. Deterministic and streaming. */
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { algorithmOf, type Digest } from '../oci/digest.ts'
import { familiarRef, type ImageRef, showRef, withDefaultTag } from '../oci/ref.ts'
import { describe, type Image, type Index, type Waiting } from '../oci/views.ts'
import { type Part, walk } from '../oci/walk.ts'
import { type TarItem, writeTar } from '../tar/write-tar.ts'
import { type AtomicOptions, writeAtomically } from './atomic-file.ts'
import { fileSink } from './file-sink.ts'
import { blobName, fullNameKey, indexFile, layoutBytes, layoutFile, refNameKey } from './layout-images.ts'

export interface ImageToPack {
  readonly view: Image | Index
  /** The names under which `docker load` and others will know it. */
  readonly refs: readonly ImageRef[]
}

/** The file appears whole or not at all; missing parents are made, 0755. */
export async function writeArchive(path: string, images: readonly ImageToPack[], o: Waiting & AtomicOptions): Promise<void> {
  const entries = await archiveEntries(images)
  // Opened here and not before: a stream that is aborted while nobody listens to it ends the whole process.
  await writeAtomically(path, (file) => pipeline(writeTar(entries, o), fileSink(file), { signal: o.signal }), o)
}

/** The tables of contents come first, so every digest is settled before the first byte: plain layers are compressed by now. */
export async function archiveStream(images: readonly ImageToPack[], o: Waiting): Promise<Readable> {
  return writeTar(await archiveEntries(images), o)
}

async function archiveEntries(images: readonly ImageToPack[]): Promise<Iterable<TarItem>> {
  const seen = new Set<Digest>()
  const parts: Part[] = []
  for (const { view } of images) for await (const part of walk(view, seen)) parts.push(part)
  const [index, docker] = [await layoutIndex(images), await dockerManifest(images)]
  return items(parts, index, docker)
}

const common = { uid: 0, gid: 0, mtimeNs: 0n }

function* items(parts: readonly Part[], index: Buffer, docker: Buffer): Generator<TarItem> {
  yield document(layoutFile, layoutBytes)
  yield document(indexFile, index)
  yield document('manifest.json', docker)
  yield folder('blobs')
  for (const algorithm of [...new Set(parts.map((part) => algorithmOf(part.descriptor.digest)))].sort()) yield folder(`blobs/${algorithm}`)
  for (const part of parts) {
    const { descriptor } = part
    const entry = { kind: 'file', path: blobName(descriptor), mode: 0o644, size: descriptor.size, ...common } as const
    yield { entry, body: part.kind === 'manifest' ? part.bytes : (o) => part.open(o) }
  }
}

function folder(path: string): TarItem {
  return { entry: { kind: 'dir', path, mode: 0o755, ...common } }
}

function document(path: string, body: Buffer): TarItem {
  return { entry: { kind: 'file', path, mode: 0o644, size: body.length, ...common }, body }
}

/** One line per name, as containerd and skopeo read it; an image without a name has one line. */
async function layoutIndex(images: readonly ImageToPack[]): Promise<Buffer> {
  const lines = await Promise.all(
    images.map(async ({ view, refs }) => {
      const { mediaType, digest, size } = await describe(view)
      const line = { mediaType, digest, size }
      if (refs.length === 0) return [line]
      return refs.map(withDefaultTag).map((ref) => ({ ...line, annotations: { [fullNameKey]: showRef(ref), [refNameKey]: ref.tag ?? showRef(ref) } }))
    }),
  )
  return Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests: lines.flat() }))
}

/** docker load knows single images only: of an index it gets the first child that is an image for a platform. */
async function dockerManifest(images: readonly ImageToPack[]): Promise<Buffer> {
  const lines = await Promise.all(
    images.map(async ({ view, refs }) => {
      const image = await firstImage(view)
      if (image === undefined) return []
      const { config, layers } = await image.manifest()
      const names = refs.filter((ref) => ref.digest === undefined || ref.tag !== undefined).map((ref) => familiarRef(withDefaultTag(ref)).replace(/@.*$/, ''))
      return [{ Config: blobName(config), RepoTags: names, Layers: layers.map(blobName) }]
    }),
  )
  return Buffer.from(JSON.stringify(lines.flat()))
}

async function firstImage(view: Image | Index, seen: Set<Digest> = new Set()): Promise<Image | undefined> {
  if (view.kind === 'image') return view
  seen.add(await view.digest())
  for (const child of await view.children()) {
    if (child.descriptor.platform?.os === 'unknown' || seen.has(child.descriptor.digest)) continue
    const found = await firstImage(await child.open(), seen)
    if (found !== undefined) return found
  }
  return undefined
}
