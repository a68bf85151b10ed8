/** What a request wants of the layers that the build adds to its base: one instead of many, without some paths, packed otherwise. */
import type { LayerWishes } from '../../ports/builder.ts'
import type { BuiltStage } from '../build-stage.ts'
import type { Story } from '../image/history.ts'
import type { WrittenLayer } from '../pending-layer.ts'
import { type RewriteOptions, repackLayer, rewriteLayers } from './rewrite-layers.ts'

export interface Finished {
  readonly layers: readonly WrittenLayer[]
  readonly stage: BuiltStage
}

/** The base's layers stay as they are, and so do those that nothing is wanted of. */
export async function finishLayers(
  written: readonly WrittenLayer[],
  stage: BuiltStage,
  wishes: LayerWishes,
  o: Omit<RewriteOptions, 'leaveOut' | 'zstd'>,
): Promise<Finished> {
  const { leaveOut = [], one = false, zstd } = wishes
  const below = stage.layers.filter(({ kept }) => kept === undefined).length
  const [base, own] = [written.slice(0, below), written.slice(below)]
  const rewrite: RewriteOptions = { ...o, leaveOut, ...(zstd !== undefined && { zstd }) }
  if (one && own.length > 0) {
    const layer = await rewriteLayers(
      own.map((each) => each.layer),
      rewrite,
    )
    const ages = own.flatMap(({ createdMs }) => (createdMs === undefined ? [] : [createdMs]))
    const merged = { layer, cached: own.every(({ cached }) => cached), ...(ages.length > 0 && { createdMs: Math.max(...ages) }) }
    return { layers: [...base, merged], stage: { ...stage, story: oneLayerStory(stage.story, own.length) } }
  }
  const layers: WrittenLayer[] = [...base]
  for (const each of own) {
    const layer = leaveOut.length > 0 ? await rewriteLayers([each.layer], rewrite) : zstd === undefined ? each.layer : await repackLayer(each.layer, rewrite)
    layers.push({ ...each, layer })
  }
  return { layers, stage }
}

/** Of the last `count` lines that made layers only the very last one does. */
function oneLayerStory(story: Story, count: number): Story {
  let seen = 0
  return story
    .toReversed()
    .map((line) => {
      if (line.empty_layer === true) return line
      seen += 1
      return seen === 1 || seen > count ? line : { ...line, empty_layer: true }
    })
    .toReversed()
}
