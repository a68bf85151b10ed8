/** `slipway cache mounts|export|import`: the folders of RUN --mount=type=cache, from machine to machine. */
import { resolve } from 'node:path'
import { humanBytes, humanDuration, plural } from '../../base/human.ts'
import { problem } from '../../base/problem.ts'
import { cacheImage } from '../../builder/cache/cache-image.ts'
import { importOf } from '../../builder/cache/cache-import.ts'
import { mountLayer } from '../../builder/mounts/mount-layer.ts'
import { writeArchive } from '../../media/write-archive.ts'
import type { Image } from '../../oci/views.ts'
import type { Laid, MountFacts, PackedMount } from '../../ports/cache-mounts.ts'
import { type ExitCode, exitCodes } from '../failures.ts'
import { checkTargets, deliverTo } from '../images/deliver-to.ts'
import { localImages, sweepImages } from '../images/local-images.ts'
import { openSource } from '../images/open-source.ts'
import { pushProgress } from '../images/push-progress.ts'
import { reportDelivery } from '../images/report-delivery.ts'
import { type ClientOptions, withClient } from '../images/with-client.ts'
import type { World } from '../world.ts'

export interface MountsOptions extends ClientOptions {
  readonly id: readonly string[]
  readonly json?: boolean
}

export async function listMounts(o: { readonly json?: boolean }, world: World): Promise<ExitCode> {
  const mounts = await (await world.tools.cacheMounts(world.home)).list(world)
  if (o.json === true) {
    const rows = mounts.map(({ usedMs, ...one }) => ({ ...one, used: new Date(usedMs).toISOString() }))
    await world.stdout.write(`${JSON.stringify(rows, null, 2)}\n`)
    return exitCodes.done
  }
  const age = (usedMs: number) => `used ${humanDuration(world.clock.now() - usedMs)} ago`
  const lines = mounts.map((one) => `${humanBytes(one.bytes).padStart(8)}  ${one.inUse ? 'in use' : age(one.usedMs)}  ${titleOf(one)}\n`)
  await world.stdout.write(lines.length === 0 ? 'no cache mounts\n' : lines.join(''))
  return exitCodes.done
}

/** An id may be on several folders: of mounts that begin with something, and of those who want one alone. */
function titleOf({ id, from, copy }: MountFacts): string {
  return `${id}${from === undefined ? '' : ` from ${from.slice(0, 20)}`}${copy === undefined ? '' : ` (copy ${copy})`}`
}

export async function exportMounts(file: string | undefined, o: MountsOptions & { readonly push: readonly string[] }, world: World): Promise<ExitCode> {
  if (file === undefined && o.push.length === 0) throw problem('CACHE_EXPORT_NOWHERE', {})
  checkTargets(o.push)
  const { signal } = world
  const mounts = await (await world.tools.cacheMounts(world.home)).pack(o.id, world)
  if (mounts.length === 0) throw problem('CACHE_MOUNTS_NONE', { place: 'this machine' })
  const image = await imageOf(mounts, world)
  const digest = await image.digest()
  if (file !== undefined) await writeArchive(resolve(world.cwd, file), [{ view: image, refs: [] }], { signal })
  if (o.json !== true) {
    for (const one of mounts) await world.stdout.write(`${titleOf(one)}  ${humanBytes(one.descriptor.size)}\n`)
    if (file !== undefined) await world.stdout.write(`${file}  ${digest}  ${plural(mounts.length, 'cache mount')}\n`)
  } else if (o.push.length === 0) {
    await world.stdout.write(`${JSON.stringify({ digest, mounts: mounts.map(rowOf) }, null, 2)}\n`)
  }
  if (o.push.length === 0) return exitCodes.done
  return withClient(o, world, async (client) => {
    const progress = pushProgress(world)
    const results = await deliverTo(image, o.push, { client, signal, onEvent: progress.onEvent }, world).finally(progress.end)
    return reportDelivery(results, o, world)
  })
}

/** In the order of their ids, without times: equal folders are equal bytes. */
function imageOf(mounts: readonly PackedMount[], world: World): Promise<Image> {
  const { blobs } = localImages(world.home)
  const rows = mounts.map((mount) => ({ ...mount, at: 0 }))
  const layers = mounts.map((mount) => mountLayer(mount, { compressed: (o) => blobs.open(mount.descriptor.digest, o) }))
  return cacheImage({ document: { records: [], stories: [], mounts: rows }, layers })
}

export async function importMounts(
  source: string,
  o: MountsOptions & { readonly image?: string; readonly replace?: boolean },
  world: World,
): Promise<ExitCode> {
  return withClient(o, world, async (client) => {
    const opened = await openSource(source, { client, ...(o.image !== undefined && { image: o.image }) }, world)
    try {
      const found = await importOf(opened.view, opened.name, async () => true)
      const all = found?.document.mounts ?? []
      if (all.length === 0) throw problem('CACHE_MOUNTS_NONE', { place: opened.name })
      const missing = o.id.find((id) => !all.some((one) => one.id === id))
      if (missing !== undefined)
        throw problem('CACHE_MOUNT_UNKNOWN', { id: missing, where: `in ${opened.name}`, known: [...new Set(all.map(({ id }) => id))].join(', ') })
      const wanted = all.filter(({ id }) => o.id.length === 0 || o.id.includes(id))
      const images = localImages(world.home)
      await sweepImages(images, world.clock.now())
      for (const { descriptor } of wanted) {
        const layer = found?.layers.get(descriptor.digest)
        if (layer === undefined || (await images.blobs.reuse(descriptor.digest))) continue
        await images.blobs.put(await layer.compressed(world), { signal: world.signal, expected: descriptor })
      }
      const laid = await (await world.tools.cacheMounts(world.home)).lay(wanted, { signal: world.signal, replace: o.replace ?? false })
      await world.stdout.write(o.json === true ? `${JSON.stringify(laid.map(laidRow), null, 2)}\n` : laid.map(laidLine).join(''))
      return exitCodes.done
    } finally {
      await opened.close()
    }
  })
}

function laidLine(one: Laid): string {
  return `${titleOf(one)}  ${one.how === 'kept' ? 'left alone, this machine has one (--replace)' : one.how}\n`
}

function laidRow(one: Laid): object {
  return { ...rowOf(one), how: one.how }
}

function rowOf({ id, from, copy, diffId, descriptor }: PackedMount): object {
  return { id, from, copy, diffId, digest: descriptor.digest, size: descriptor.size }
}
