/** `slipway images prune`: frees the room of what no name needs, and of names that are old or too many. Safe beside other commands at work. */
import { humanBytes, plural } from '../../base/human.ts'
import { recordedBlobs } from '../../builder/store/recorded-blobs.ts'
import { prune } from '../../media/prune.ts'
import type { DatedName } from '../../media/refs-table.ts'
import { openStored } from '../../media/stored-image.ts'
import type { Digest } from '../../oci/digest.ts'
import { walk } from '../../oci/walk.ts'
import { type ExitCode, exitCodes } from '../failures.ts'
import { bytesOption, durationOption } from '../images/amounts.ts'
import { type LocalImages, localImages, sweepImages } from '../images/local-images.ts'
import type { World } from '../world.ts'

export interface PruneImagesOptions {
  /** Names that were given longer ago go. */
  readonly olderThan?: string
  /** The oldest names go until the rest needs no more than this. */
  readonly keepStorage?: string
  /** What was written or named since stays: somebody may be about to use it. */
  readonly grace: string
  /** Layers that only the build cache knows go as well. */
  readonly buildCache?: boolean
  readonly dryRun?: boolean
  readonly json?: boolean
}

export async function pruneImages(o: PruneImagesOptions, world: World): Promise<ExitCode> {
  const now = world.clock.now()
  const beforeMs = now - durationOption('--grace', o.grace)
  const images = localImages(world.home)
  const names = await choose(await images.names.list(), images, { ...o, now, beforeMs })
  const dryRun = o.dryRun ?? false
  if (!dryRun) for (const { name } of names.gone) await images.names.remove(name)
  const gone = new Set(names.gone.map(({ name }) => name))
  // Asked again at the last moment: others may have named something meanwhile.
  const named = async () => (await images.names.list()).filter(({ name }) => !(dryRun && gone.has(name))).map(({ descriptor }) => descriptor)
  const keep = o.buildCache === true ? [] : await recordedBlobs(world.home)
  const { blobs, bytes } = await prune(images.blobs, named, { beforeMs, keep, dryRun, signal: world.signal })
  if (!dryRun) await sweepImages(images, now)
  const result = { dryRun, names: names.gone.map(({ name }) => name), blobs, bytes }
  if (o.json === true) await world.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
  else await tell(result, world)
  return exitCodes.done
}

async function tell({ dryRun, names, blobs, bytes }: { dryRun: boolean; names: readonly string[]; blobs: number; bytes: number }, world: World): Promise<void> {
  for (const name of names) await world.stdout.write(`${dryRun ? 'would remove' : 'removed'} ${name}\n`)
  await world.stdout.write(`${dryRun ? 'would free' : 'freed'} ${humanBytes(bytes)} in ${plural(blobs, 'blob')}\n`)
}

interface Choice extends Pick<PruneImagesOptions, 'olderThan' | 'keepStorage'> {
  readonly now: number
  /** Names given since then stay whatever they need: a run that goes on may be about to use them. */
  readonly beforeMs: number
}

async function choose(all: readonly DatedName[], images: LocalImages, o: Choice): Promise<{ readonly gone: readonly DatedName[] }> {
  const newestFirst = all.toSorted((a, b) => b.setMs - a.setMs)
  const oldest = o.olderThan === undefined ? Number.NEGATIVE_INFINITY : o.now - durationOption('--older-than', o.olderThan)
  const most = o.keepStorage === undefined ? Number.POSITIVE_INFINITY : bytesOption('--keep-storage', o.keepStorage)
  const gone: DatedName[] = []
  const needed = new Set<Digest>()
  let total = 0
  for (const one of newestFirst) {
    const young = one.setMs >= o.beforeMs
    const more = !young && (one.setMs < oldest || total > most) ? undefined : await addedBy(one, images, needed)
    if (more === undefined || (!young && total + more.bytes > most)) {
      gone.push(one)
      continue
    }
    total += more.bytes
    for (const digest of more.digests) needed.add(digest)
  }
  return { gone }
}

/** What the image needs beyond what is needed anyway. An image that cannot be read needs nothing that is here. */
async function addedBy({ descriptor }: DatedName, images: LocalImages, needed: ReadonlySet<Digest>) {
  const digests: Digest[] = []
  let bytes = 0
  const view = await openStored(images.blobs, descriptor).catch(() => undefined)
  if (view === undefined) return { bytes, digests }
  for await (const part of walk(view)) {
    if (needed.has(part.descriptor.digest)) continue
    digests.push(part.descriptor.digest)
    bytes += part.descriptor.size
  }
  return { bytes, digests }
}
