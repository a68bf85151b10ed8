/** A built stage and its layers to an image: configuration, history and layers put together. */
import { assembleImage } from '../oci/assemble.ts'
import type { ImageConfig } from '../oci/manifest.ts'
import type { BuildRequest, Built } from '../ports/builder.ts'
import type { BuiltStage } from './build-stage.ts'
import type { BuildWorld } from './build-world.ts'
import { inlineKey } from './cache/artifact.ts'
import { inlineDocument } from './cache/cache-image.ts'
import type { Collected } from './cache/collect-records.ts'
import { timestamp } from './image/go-format.ts'
import { dated, datedAlike } from './image/history.ts'
import { maskedHistory } from './masked-history.ts'
import type { WrittenLayer } from './pending-layer.ts'

/** The image is as old as the last line of its history, unless its time is fixed. */
export async function assembleStage(
  stage: BuiltStage,
  written: readonly WrittenLayer[],
  { request, world, inline }: { readonly request: BuildRequest; readonly world: BuildWorld; readonly inline: Collected | undefined },
): Promise<Built> {
  const layers = written.map(({ layer }) => layer)
  const told = maskedHistory(stage.story, request)
  const story = world.reproducible ? datedAlike(told, world.createdMs) : dated(told, written, world.createdMs)
  const created = world.reproducible ? timestamp(world.createdMs) : story.findLast((line) => line.created !== undefined)?.created
  const labels = { ...stage.state.run.Labels, ...createdLabel(request, created), ...Object.fromEntries(request.labels) }
  const run = { ...stage.state.run, ...(Object.keys(labels).length > 0 && { Labels: labels }) }
  const config: ImageConfig = {
    ...(created !== undefined && { created }),
    ...stage.base.about,
    ...(stage.state.author !== undefined && { author: stage.state.author }),
    config: run,
    rootfs: { type: 'layers', diff_ids: await Promise.all(layers.map((layer) => layer.diffId())) },
    history: story,
    ...(inline !== undefined && { [inlineKey]: inlineDocument(inline) }),
  }
  const image = await assembleImage({ format: world.cache.format, config, layers })
  return { image, layers: layers.length, cachedLayers: written.filter(({ cached }) => cached).length }
}

/** The image's own time and not that of this build: else the same image would have another digest each time. */
function createdLabel({ createdLabel: name, created }: BuildRequest, made: string | undefined): Readonly<Record<string, string>> {
  return name === undefined ? {} : { [name]: (made ?? new Date(created).toISOString()).replace(/\.\d+Z$/, 'Z') }
}
