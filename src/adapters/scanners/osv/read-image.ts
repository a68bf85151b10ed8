/** The packages of an image: its layers from the lowest up, each read once as it streams by, or remembered. */
import { createHash } from 'node:crypto'
import { finished } from 'node:stream/promises'
import { problem } from '../../../base/problem.ts'
import type { ImageConfig } from '../../../oci/manifest.ts'
import { choosePlatform, showPlatform } from '../../../oci/platform.ts'
import type { Image, Index, Layer } from '../../../oci/views.ts'
import type { Scanning, ScanTarget } from '../../../ports/scanner.ts'
import { type ImageRecords, imageRecords } from '../../../scan/read/image-records.ts'
import { contentsOf, type ImageContents } from '../../../scan/read/inventory.ts'
import { type LayerDelta, layerDelta } from '../../../scan/read/layer-delta.ts'
import type { ScannedLayer, TargetFacts } from '../../../scan/report.ts'
import { streamSource } from '../../../tar/byte-source.ts'
import { type LayerMemory, layerKey } from './layer-memory.ts'

type ImageTarget = Extract<ScanTarget, { kind: 'image' }>

export interface ReadImage {
  readonly target: TargetFacts
  readonly layers: readonly ScannedLayer[]
  readonly contents: ImageContents
}

export async function readImage(target: ImageTarget, o: Scanning & { readonly memory: LayerMemory }): Promise<ReadImage> {
  const image = await imageFor(target.view, target)
  const [config, layers] = [await image.config(), await image.layers()]
  const records = imageRecords()
  const scanned: ScannedLayer[] = []
  const below: string[] = []
  const made = createdBy(config)
  for (const [i, layer] of layers.entries()) {
    o.signal.throwIfAborted()
    o.progress?.(i, layers.length)
    const diffId = await layer.diffId()
    const digest = image.manifestLast === true ? undefined : (await layer.descriptor()).digest
    below.push(digest ?? diffId)
    const delta = await deltaOf(layer, { ...o, records, key: layerKey(below), diffId, sure: image.origin !== undefined, exact: digest !== undefined })
    records.add(delta, diffId)
    const words = made[i]
    scanned.push({ diffId, ...(digest !== undefined && { digest }), ...(words !== undefined && { createdBy: words }) })
  }
  o.progress?.(layers.length, layers.length)
  const contents = contentsOf(records.records())
  const { os, architecture, variant } = config
  return {
    target: {
      kind: 'image',
      name: target.name,
      ...(image.manifestLast !== true && { digest: await image.digest() }),
      platform: showPlatform({ os, architecture, ...(variant !== undefined && { variant }) }),
      ...(contents.distribution !== undefined && { distribution: contents.distribution }),
    },
    layers: scanned,
    contents,
  }
}

async function imageFor(view: Image | Index, { name, platform }: ImageTarget): Promise<Image> {
  if (view.kind === 'image') return view
  const choices = (await view.children()).map((child) => ({ child, ...(child.descriptor.platform !== undefined && { platform: child.descriptor.platform }) }))
  const chosen = choosePlatform(platform, choices)
  if (chosen === undefined) {
    const available = choices.flatMap((choice) => (choice.platform === undefined ? [] : [showPlatform(choice.platform)])).join(', ') || 'none'
    throw problem('PLATFORM_NOT_FOUND', { what: name, platform: showPlatform(platform), available })
  }
  return imageFor(await chosen.child.open(), { kind: 'image', name, platform, view })
}

/** The history's words for each layer, where it has a line for each. */
function createdBy({ history, rootfs }: ImageConfig): readonly (string | undefined)[] {
  const lines = (history ?? []).filter((line) => line.empty_layer !== true)
  return lines.length === rootfs.diff_ids.length ? lines.map((line) => line.created_by) : []
}

interface LayerReading extends Scanning {
  readonly memory: LayerMemory
  readonly records: ImageRecords
  readonly key: string
  readonly diffId: string
  /** The digest cannot stand for other bytes: a registry answers for it, or whoever pulls the image. */
  readonly sure: boolean
  /** The layer is known by the digest of its blob, else by its diffID. */
  readonly exact: boolean
}

/** Remembered for exactly these bytes: those of an archive are read and hashed all the same, since an archive may claim any digest. */
async function deltaOf(layer: Layer, o: LayerReading): Promise<LayerDelta> {
  const remembered = await o.memory.get(o.key)
  if (remembered === undefined) {
    const delta = await readLayer(layer, o)
    await o.memory.put(o.key, delta)
    return delta
  }
  if (!o.sure) await verify(layer, o)
  return remembered
}

async function verify(layer: Layer, o: LayerReading): Promise<void> {
  if (!o.exact) return hashed(layer, o)
  const stream = (await layer.compressed(o)).resume()
  await finished(stream, { signal: o.signal })
}

async function hashed(layer: Layer, o: LayerReading): Promise<void> {
  const hash = createHash('sha256')
  for await (const chunk of await layer.uncompressed(o)) hash.update(chunk as Buffer)
  sameDiffId(hash.digest('hex'), o)
}

function sameDiffId(hex: string, { diffId }: LayerReading): void {
  const actual = `sha256:${hex}`
  if (diffId.startsWith('sha256:') && actual !== diffId) throw problem('DIGEST_MISMATCH', { what: 'a layer', expected: diffId, actual })
}

/** The rest of the stream is read as well: only at its end are the bytes known to be those that were announced. */
async function readLayer(layer: Layer, o: LayerReading): Promise<LayerDelta> {
  let first = true
  const hash = o.exact ? undefined : createHash('sha256')
  const rests: (() => Promise<void>)[] = []
  const open = async () => {
    const stream = await layer.uncompressed(o)
    const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>
    const metered = hash !== undefined && first ? { next: () => chunks.next().then((step) => counted(step)) } : chunks
    first = false
    const counted = (step: IteratorResult<Buffer>): IteratorResult<Buffer> => {
      if (step.done !== true) hash?.update(step.value)
      return step
    }
    rests.push(async () => {
      for (let step = await metered.next(); step.done !== true; step = await metered.next());
    })
    return streamSource({ [Symbol.asyncIterator]: () => ({ next: () => metered.next() }) })
  }
  const delta = await layerDelta({ lower: o.records, signal: o.signal, open })
  for (const rest of rests) await rest()
  if (hash !== undefined) sameDiffId(hash.digest('hex'), o)
  return delta
}
