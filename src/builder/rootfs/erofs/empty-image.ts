/** An image with nothing in it: whether the system mounts it says whether it mounts ours. */
import { planImage } from '../../../erofs/image.ts'
import { layerTree } from '../../../erofs/layer-tree.ts'

export function emptyImage(): Buffer {
  const { header, metadata } = planImage(layerTree(), { name: 'empty', tarSize: 0 })
  return Buffer.concat([header, metadata])
}
