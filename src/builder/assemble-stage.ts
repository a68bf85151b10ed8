/** A built stage to an image: configuration, history and layers put together. */
import { assembleImage } from '../oci/assemble.ts'
import type { ImageConfig } from '../oci/manifest.ts'
import type { ImageFormat } from '../oci/media-types.ts'
import type { BuildRequest, Built } from '../ports/builder.ts'
import type { BuiltStage } from './build-stage.ts'
import { timestamp } from './image/go-format.ts'

export interface AssembleOptions {
  readonly request: BuildRequest
  readonly format: ImageFormat
  readonly createdMs: number
  readonly reproducible: boolean
}

/** Only the layers of this stage and of its bases are written. The image is as old as the last line of its history, unless its time is fixed. */
export async function assembleStage(stage: BuiltStage, o: AssembleOptions): Promise<Built> {
  const written = await Promise.all(stage.layers.map((layer) => layer()))
  const layers = written.map(({ layer }) => layer)
  const labels = { ...stage.state.run.Labels, ...Object.fromEntries(o.request.labels) }
  const run = { ...stage.state.run, ...(Object.keys(labels).length > 0 && { Labels: labels }) }
  const last = stage.story.findLast((line) => line.created !== undefined)?.created
  const created = o.reproducible ? timestamp(o.createdMs) : last
  const config: ImageConfig = {
    ...(created !== undefined && { created }),
    ...stage.base.about,
    ...(stage.state.author !== undefined && { author: stage.state.author }),
    config: run,
    rootfs: { type: 'layers', diff_ids: await Promise.all(layers.map((layer) => layer.diffId())) },
    history: stage.story,
  }
  const image = await assembleImage({ format: o.format, config, layers })
  return { image, layers: layers.length, cachedLayers: written.filter(({ cached }) => cached).length }
}
