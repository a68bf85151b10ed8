/** Puts an image on another base: its own layers stay as they are, so nothing is built again. */
import { problem } from '../base/problem.ts'
import { assembleImage } from './assemble.ts'
import type { History, ImageConfig } from './manifest.ts'
import { formatOf } from './media-types.ts'
import { showPlatform } from './platform.ts'
import type { Image } from './views.ts'

const baseDigestKey = 'org.opencontainers.image.base.digest'

/**
 * What the image adds to `oldBase`, on top of `newBase`. How containers start stays the image's; its dialect too. Whether the layers
 * work on the new base (libraries, paths) is for the caller to know. Throws IMAGE_INCONSISTENT when the image is not made from `oldBase`.
 */
export async function rebase(image: Image, oldBase: Image, newBase: Image): Promise<Image> {
  const [config, oldConfig, newConfig, manifest] = await Promise.all([image.config(), oldBase.config(), newBase.config(), image.manifest()])
  const below = oldConfig.rootfs.diff_ids.length
  await insist(image, { config, oldConfig, newConfig })
  const layers = [...(await newBase.layers()), ...(await image.layers()).slice(below)]
  const ids = [...newConfig.rootfs.diff_ids, ...config.rootfs.diff_ids.slice(below)]
  const told = (config.history ?? oldConfig.history ?? newConfig.history) !== undefined
  const history = [...linesOf(newConfig), ...linesOf(config).slice(linesOf(oldConfig).length)]
  const { annotations } = manifest
  return assembleImage({
    format: formatOf(image.mediaType),
    config: { ...config, rootfs: { ...config.rootfs, diff_ids: ids }, ...(told && { history }) },
    layers,
    ...(annotations !== undefined && {
      annotations: annotations[baseDigestKey] === undefined ? annotations : { ...annotations, [baseDigestKey]: await newBase.digest() },
    }),
    ...(manifest.artifactType !== undefined && { artifactType: manifest.artifactType }),
  })
}

async function insist(image: Image, o: { config: ImageConfig; oldConfig: ImageConfig; newConfig: ImageConfig }): Promise<void> {
  const wrong = async (reason: string) => problem('IMAGE_INCONSISTENT', { what: `image ${await image.digest()}`, reason })
  const differs = o.oldConfig.rootfs.diff_ids.findIndex((id, i) => id !== o.config.rootfs.diff_ids[i])
  if (differs >= 0) throw await wrong(`it is not made from the old base: layer ${differs + 1} differs`)
  const [own, base] = [showPlatform(o.config), showPlatform(o.newConfig)]
  if (own !== base) throw await wrong(`it is for ${own}, the new base for ${base}`)
}

/** One line per layer at least: without them the story of a rebased image would not fit its layers. */
function linesOf({ history, rootfs }: ImageConfig): readonly History[] {
  return history !== undefined && history.length > 0 ? history : rootfs.diff_ids.map(() => ({}))
}
