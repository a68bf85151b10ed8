/** Takes away what carries a label: containers, then the volumes and images that they used. */
import type { DockerEngine } from '../../../docker-api/engine.ts'
import type { Labels } from '../../../docker-api/labels.ts'

export interface Marked {
  readonly label: string
  readonly value: string
  /** Of what has that label; absent: all. */
  readonly which?: (labels: Labels) => boolean
}

export async function removeMarked(engine: DockerEngine, { label, value, which = () => true }: Marked, o: { readonly signal: AbortSignal }): Promise<void> {
  const chosen = async (list: Promise<readonly { readonly id: string; readonly labels: Labels }[]>) => (await list).filter(({ labels }) => which(labels))
  const containers = await chosen(engine.containers.list(label, value, o))
  // Those that share the network of another go with it.
  await Promise.all(containers.map(({ id }) => engine.containers.remove(id, o)))
  for (const { id } of await chosen(engine.volumes.list(label, value, o))) await engine.volumes.remove(id, o)
  for (const { id } of await chosen(engine.labelledImages(label, value, o))) await engine.removeImage(id, o)
}
