/** `slipway pull REF [ARCHIVE]`: into the image store, into an archive, or into the Docker Engine. */
import { resolve } from 'node:path'
import { Problem } from '../../base/problem.ts'
import { saveImage } from '../../media/stored-image.ts'
import { writeArchive } from '../../media/write-archive.ts'
import { parsePlatform } from '../../oci/platform.ts'
import { type ImageRef, showRef } from '../../oci/ref.ts'
import type { Image, Index } from '../../oci/views.ts'
import { imageFor } from '../../registry/pull.ts'
import { type ExitCode, exitCodes } from '../failures.ts'
import { daemonImage, loadIntoDaemon } from '../images/docker-daemon.ts'
import { localImages, sweepImages } from '../images/local-images.ts'
import { openSource } from '../images/open-source.ts'
import { referenceOf } from '../images/reference-of.ts'
import { type ClientOptions, withClient } from '../images/with-client.ts'
import type { World } from '../world.ts'

export interface PullOptions extends ClientOptions {
  /** One image of an index; without it all platforms are kept. */
  readonly platform?: string
}

export async function pullCommand(text: string, archive: string | undefined, o: PullOptions, world: World): Promise<ExitCode> {
  const target = archive === undefined ? undefined : daemonImage(archive)
  return withClient(o, world, async (client) => {
    const opened = await openSource(text, { client, remote: true }, world)
    try {
      const view = await onePlatform(opened.view, o.platform, opened.name)
      if (target !== undefined) await loadIntoDaemon(view, target, world)
      else await keep(view, referenceOf(daemonImage(text) ?? text), archive, world)
      const where = archive === undefined ? 'in the image store' : `in ${archive}`
      await world.stdout.write(`${opened.name}  ${await view.digest()}  ${where}\n`)
      return exitCodes.done
    } finally {
      await opened.close()
    }
  })
}

async function keep(view: Image | Index, ref: ImageRef, archive: string | undefined, world: World): Promise<void> {
  const { signal } = world
  if (archive !== undefined) return writeArchive(resolve(world.cwd, archive), [{ view, refs: [ref] }], { signal })
  const images = localImages(world.home)
  await sweepImages(images, world.clock.now())
  await images.names.set(showRef(ref), await saveImage(images.blobs, view, { signal }))
}

export async function onePlatform(view: Image | Index, platform: string | undefined, what: string): Promise<Image | Index> {
  if (platform === undefined) return view
  const parsed = parsePlatform(platform)
  const [wrong] = parsed.diagnostics
  if (!parsed.ok) throw wrong === undefined ? new Error(`no platform: ${platform}`) : new Problem(wrong)
  return imageFor(view, parsed.value, what)
}
