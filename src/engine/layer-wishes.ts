/** What the settings of a step want of the layers of its image. */
import type { BuildSource } from '../image-job/build-source.ts'
import type { BuildRequest, LayerWishes } from '../ports/builder.ts'
import { nowKnown } from './reveal.ts'

/** On top of the base there is one layer, whichever of the two tools calls for it. */
export function layerWishes({ layers, ignorePaths, ignoreVarRun, compression }: BuildSource): Pick<BuildRequest, 'layers'> {
  const leaveOut = [...nowKnown(ignorePaths), ...(ignoreVarRun === true ? ['/var/run'] : [])]
  const { kind, level } = compression
  const wishes: LayerWishes = {
    ...(layers !== 'each' && { one: true }),
    ...(leaveOut.length > 0 && { leaveOut }),
    ...(kind === 'zstd' && { zstd: level === undefined ? {} : { level } }),
  }
  return Object.keys(wishes).length > 0 ? { layers: wishes } : {}
}
