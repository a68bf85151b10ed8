/** `slipway pull REF [ARCHIVE]`: into the image store, or into an archive. */
import { resolve } from 'node:path'
import { Problem } from '../../base/problem.ts'
import { saveImage } from '../../media/stored-image.ts'
import { writeArchive } from '../../media/write-archive.ts'
import { parsePlatform } from '../../oci/platform.ts'
import { showRef } from '../../oci/ref.ts'
import type { Image, Index } from '../../oci/views.ts'
import { imageFor, pull } from '../../registry/pull.ts'
import { type ExitCode, exitCodes } from '../failures.ts'
import { localImages } from '../images/local-images.ts'
import { referenceOf } from '../images/open-source.ts'
import { type ClientOptions, withClient } from '../images/with-client.ts'
import type { World } from '../world.ts'

export interface PullOptions extends ClientOptions {
  /** One image of an index; without it all platforms are kept. */
  readonly platform?: string
}

export async function pullCommand(text: string, archive: string | undefined, o: PullOptions, world: World): Promise<ExitCode> {
  const ref = referenceOf(text)
  return withClient(o, world, async (client) => {
    const { signal } = world
    const view = await onePlatform(await pull(ref, { client, signal }), o.platform, showRef(ref))
    if (archive === undefined) {
      const images = localImages(world.home)
      await images.names.set(showRef(ref), await saveImage(images.blobs, view, { signal }))
    } else await writeArchive(resolve(world.cwd, archive), [{ view, refs: [ref] }], { signal })
    await world.stdout.write(`${showRef(ref)}  ${await view.digest()}  ${archive === undefined ? 'in the image store' : `in ${archive}`}\n`)
    return exitCodes.done
  })
}

export async function onePlatform(view: Image | Index, platform: string | undefined, what: string): Promise<Image | Index> {
  if (platform === undefined) return view
  const parsed = parsePlatform(platform)
  const [wrong] = parsed.diagnostics
  if (!parsed.ok) throw wrong === undefined ? new Error(`no platform: ${platform}`) : new Problem(wrong)
  return imageFor(view, parsed.value, what)
}
