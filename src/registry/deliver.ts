/** One image to many references on many registries: registries side by side, every target tried, one result each. */
import { isProblem, type Problem } from '../base/problem.ts'
import type { Digest } from '../oci/digest.ts'
import { type ImageRef, withDefaultTag } from '../oci/ref.ts'
import type { Image, Index } from '../oci/views.ts'
import { findManifest } from './manifests.ts'
import { type Pushed, type PushOptions, push } from './push.ts'

export type Target =
  | { readonly kind: 'delivered'; readonly ref: ImageRef; readonly digest: Digest; readonly pushed: Pushed }
  | { readonly kind: 'skipped'; readonly ref: ImageRef; readonly digest: Digest }
  | { readonly kind: 'failed'; readonly ref: ImageRef; readonly problem: Problem }

export interface DeliverOptions extends Omit<PushOptions, 'mountFrom' | 'alone'> {
  /** Leave tags alone that exist already, whatever they point at. */
  readonly skipExisting?: boolean
}

/** Results in the order of `refs`. Rejects only when the signal aborts or something other than a registry fails. */
export async function deliver(view: Image | Index, refs: readonly ImageRef[], o: DeliverOptions): Promise<readonly Target[]> {
  const results = new Map<ImageRef, Target>()
  const registries = [...byRegistry(refs)]
  const alone = registries.length === 1
  await Promise.all(registries.map((groups) => deliverToRegistry(view, groups, { ...o, alone }, (target) => results.set(target.ref, target))))
  return refs.flatMap((ref) => results.get(ref) ?? [])
}

/** For each registry its repositories, each with its references. */
function byRegistry(refs: readonly ImageRef[]): Iterable<readonly (readonly ImageRef[])[]> {
  const registries = Map.groupBy(refs, (ref) => ref.registry)
  return registries.values().map((own) => [...Map.groupBy(own, (ref) => ref.repository).values()])
}

type Tell = (target: Target) => void
type One = DeliverOptions & Pick<PushOptions, 'alone'>

/** One repository after the other: the first one's blobs are mounted into the next. */
async function deliverToRegistry(view: Image | Index, repositories: readonly (readonly ImageRef[])[], o: One, tell: Tell): Promise<void> {
  const filled: string[] = []
  for (const refs of repositories) {
    const repository = refs[0]?.repository
    const done = await deliverToRepository(view, refs, { ...o, mountFrom: filled.slice(0, 1) }, tell)
    if (done && repository !== undefined) filled.push(repository)
  }
}

/** The blobs once, then tag by tag, so that one immutable tag does not keep the others from moving. */
async function deliverToRepository(view: Image | Index, refs: readonly ImageRef[], o: DeliverOptions & PushOptions, tell: Tell): Promise<boolean> {
  let done = false
  for (const given of refs) {
    const ref = withDefaultTag(given)
    try {
      const present = await existing(ref, o)
      if (present !== undefined) {
        tell({ kind: 'skipped', ref: given, digest: present })
        continue
      }
      const pushed = await push(view, { ...ref, tags: ref.tag === undefined ? [] : [ref.tag] }, o)
      done = true
      tell({ kind: 'delivered', ref: given, digest: pushed.digest, pushed })
    } catch (error) {
      if (o.signal.aborted || !isProblem(error)) throw error
      tell({ kind: 'failed', ref: given, problem: error })
    }
  }
  return done
}

async function existing(ref: ImageRef, o: DeliverOptions): Promise<Digest | undefined> {
  if (o.skipExisting !== true || ref.tag === undefined) return undefined
  return (await findManifest(o.client.repository(ref, ['pull', 'push']), ref.tag, o))?.digest
}
