/** Re-derives every digest and size of an image, and says everything that does not fit. Every test that makes an image ends here. */
import type { Readable } from 'node:stream'
import { type Diagnostic, diagnose } from '../base/diagnostic.ts'
import { isProblem } from '../base/problem.ts'
import { byteMeter } from './byte-meter.ts'
import { algorithmOf, digestOf, shortDigest } from './digest.ts'
import { drain, join } from './join.ts'
import { isForeignLayerType } from './media-types.ts'
import { describe, type Image, type Index, type Layer, type Waiting } from './views.ts'

export function validate(view: Image | Index, o: Waiting): Promise<readonly Diagnostic[]> {
  return validateOnce(view, new Set(), o)
}

/** What several indexes name is looked at once: they may name it a million times. */
async function validateOnce(view: Image | Index, seen: Set<string>, o: Waiting): Promise<readonly Diagnostic[]> {
  seen.add(await view.digest())
  return view.kind === 'image' ? validateImage(view, o) : validateIndex(view, seen, o)
}

export async function validateImage(image: Image, o: Waiting): Promise<readonly Diagnostic[]> {
  const found: Diagnostic[] = []
  const what = `image ${shortDigest(await image.digest())}`
  const wrong = (reason: string) => found.push(diagnose('IMAGE_INCONSISTENT', { what, reason }))
  await guarded(found, async () => {
    const bytes = await image.manifestBytes()
    const digest = await image.digest()
    if (digestOf(bytes, algorithmOf(digest)) !== digest) wrong('its digest is not that of its manifest')
    const manifest = await image.manifest()
    const config = await image.configBytes()
    if (config.length !== manifest.config.size) wrong(`its configuration has ${config.length} bytes, the manifest says ${manifest.config.size}`)
    if (digestOf(config, algorithmOf(manifest.config.digest)) !== manifest.config.digest) wrong('its configuration is not the one that the manifest names')
    const { rootfs, history } = await image.config()
    const layers = await image.layers()
    if (rootfs.diff_ids.length !== layers.length) wrong(`it has ${layers.length} layers and ${rootfs.diff_ids.length} diffIDs`)
    const told = history?.filter((line) => line.empty_layer !== true).length
    if (told !== undefined && told !== 0 && told !== layers.length) wrong(`its history tells of ${told} layers, it has ${layers.length}`)
    for (const [i, layer] of layers.entries()) {
      await guarded(found, () => checkLayer(layer, rootfs.diff_ids[i], (reason) => wrong(`layer ${i + 1}: ${reason}`), o))
    }
  })
  return found
}

async function checkLayer(layer: Layer, diffId: string | undefined, wrong: (reason: string) => void, o: Waiting): Promise<void> {
  const { digest, size, mediaType } = await layer.descriptor()
  if (isForeignLayerType(mediaType)) return
  const blob = await measure(await layer.compressed(o), algorithmOf(digest), o)
  if (blob.digest !== digest) wrong(`the blob is ${blob.digest}, the manifest says ${digest}`)
  if (blob.size !== size) wrong(`the blob has ${blob.size} bytes, the manifest says ${size}`)
  const named = await layer.diffId()
  const tar = await measure(await layer.uncompressed(o), algorithmOf(named), o)
  if (tar.digest !== named) wrong(`the tar is ${tar.digest}, its diffID says ${named}`)
  if (diffId !== undefined && named !== diffId) wrong(`its diffID is ${named}, the configuration says ${diffId}`)
}

async function measure(stream: Readable, algorithm: 'sha256' | 'sha512', o: Waiting) {
  const meter = byteMeter(algorithm)
  await drain(join(stream, [meter.stream], o))
  return { digest: meter.digest(), size: meter.size() }
}

async function validateIndex(index: Index, seen: Set<string>, o: Waiting): Promise<readonly Diagnostic[]> {
  const found: Diagnostic[] = []
  const what = `index ${shortDigest(await index.digest())}`
  await guarded(found, async () => {
    const digest = await index.digest()
    const wrong = (reason: string) => found.push(diagnose('IMAGE_INCONSISTENT', { what, reason }))
    if (digestOf(await index.manifestBytes(), algorithmOf(digest)) !== digest) wrong('its digest is not that of its manifest')
    for (const child of await index.children()) {
      if (seen.has(child.descriptor.digest)) continue
      await guarded(found, async () => {
        const view = await child.open()
        const actual = await describe(view)
        if (actual.digest !== child.descriptor.digest) wrong(`it names ${child.descriptor.digest}, the child is ${actual.digest}`)
        if (actual.size !== child.descriptor.size) wrong(`the child ${shortDigest(actual.digest)} has ${actual.size} bytes, not ${child.descriptor.size}`)
        found.push(...(await validateOnce(view, seen, o)))
      })
    }
  })
  return found
}

/** A Problem becomes a finding, so that one bad blob does not hide the others. */
async function guarded(found: Diagnostic[], check: () => Promise<void>): Promise<void> {
  try {
    await check()
  } catch (error) {
    if (!isProblem(error)) throw error
    found.push(error.diagnostic)
  }
}
