/** One image to targets of every kind: registries side by side, then the Docker Engine; every target tried, one result each. */
import { humanBytes } from '../../base/human.ts'
import { isProblem, type Problem } from '../../base/problem.ts'
import type { Digest } from '../../oci/digest.ts'
import { showRef } from '../../oci/ref.ts'
import type { Image, Index } from '../../oci/views.ts'
import { type DeliverOptions, deliver, type Target } from '../../registry/deliver.ts'
import type { World } from '../world.ts'
import { daemonImage, loadIntoDaemon, withDaemon } from './docker-daemon.ts'
import { referenceOf } from './reference-of.ts'

export type Delivered = { readonly name: string } & (
  | { readonly kind: 'delivered'; readonly digest: Digest; readonly how: string; readonly facts: object }
  | { readonly kind: 'skipped'; readonly digest: string }
  | { readonly kind: 'failed'; readonly problem: Problem }
)

/** What is wrong with a target's name is said before anything is sent. */
export function checkTargets(targets: readonly string[]): void {
  for (const target of targets) if (daemonImage(target) === undefined) referenceOf(target)
}

/** Results in the order of the targets. */
export async function deliverTo(view: Image | Index, targets: readonly string[], o: DeliverOptions, world: World): Promise<readonly Delivered[]> {
  const refs = targets.filter((target) => daemonImage(target) === undefined).map(referenceOf)
  const sent = (await deliver(view, refs, o)).map(fromRegistry)[Symbol.iterator]()
  const results: Delivered[] = []
  for (const target of targets) {
    const inDaemon = daemonImage(target)
    const result = inDaemon === undefined ? sent.next().value : await load(view, { target, name: inDaemon }, o, world)
    if (result !== undefined) results.push(result)
  }
  return results
}

function fromRegistry(target: Target): Delivered {
  const name = showRef(target.ref)
  if (target.kind === 'failed') return { name, kind: 'failed', problem: target.problem }
  if (target.kind === 'skipped') return { name, kind: 'skipped', digest: target.digest }
  const { uploadedBytes, blobs } = target.pushed
  const how = `${humanBytes(uploadedBytes)} sent, ${blobs.present} present, ${blobs.mounted} mounted`
  return { name, kind: 'delivered', digest: target.digest, how, facts: { uploadedBytes, blobs } }
}

async function load(
  view: Image | Index,
  o: { readonly target: string; readonly name: string },
  { skipExisting }: DeliverOptions,
  world: World,
): Promise<Delivered> {
  const name = o.target
  try {
    const there = skipExisting === true ? await withDaemon(world, (engine) => engine.inspect(o.name, world)) : undefined
    if (there !== undefined) return { name, kind: 'skipped', digest: there.id }
    const image = await loadIntoDaemon(view, o.name, world)
    return { name, kind: 'delivered', digest: await image.digest(), how: 'loaded', facts: {} }
  } catch (error) {
    if (world.signal.aborted || !isProblem(error)) throw error
    return { name, kind: 'failed', problem: error }
  }
}
