/** `slipway images`: what the image store keeps, and taking names away. */
import { humanBytes } from '../../base/human.ts'
import { problem } from '../../base/problem.ts'
import { openStored } from '../../media/stored-image.ts'
import { shortDigest } from '../../oci/digest.ts'
import { familiarRef, parseRef, showRef } from '../../oci/ref.ts'
import { weigh } from '../../oci/weigh.ts'
import { type ExitCode, exitCodes } from '../failures.ts'
import { localImages } from '../images/local-images.ts'
import { referenceOf } from '../images/reference-of.ts'
import type { World } from '../world.ts'

export async function listImages(o: { readonly json?: boolean }, world: World): Promise<ExitCode> {
  const images = localImages(world.home)
  const rows = []
  for (const { name, descriptor } of await images.names.list()) {
    const { bytes, layers } = await weigh(await openStored(images.blobs, descriptor))
    rows.push({ name, digest: descriptor.digest, bytes, layers })
  }
  if (o.json === true) await world.stdout.write(`${JSON.stringify(rows, null, 2)}\n`)
  else if (rows.length === 0) await world.stdout.write('no images; steps that build keep theirs here, and `slipway pull` adds more\n')
  else
    for (const row of rows)
      await world.stdout.write(`${familiar(row.name).padEnd(40)} ${shortDigest(row.digest)}  ${humanBytes(row.bytes).padStart(8)}  ${row.layers} layers\n`)
  return exitCodes.done
}

/** Takes names away. Blobs that no name needs any more are removed by a later `prune`. */
export async function removeImages(names: readonly string[], world: World): Promise<ExitCode> {
  const images = localImages(world.home)
  for (const text of names) {
    const name = showRef(referenceOf(text))
    if (!(await images.names.remove(name))) {
      throw problem('IMAGE_NOT_STORED', { name, known: (await images.names.list()).map((entry) => entry.name).join(', ') || 'none' })
    }
    await world.stdout.write(`removed ${name}\n`)
  }
  return exitCodes.done
}

function familiar(name: string): string {
  const parsed = parseRef(name)
  return parsed.ok ? familiarRef(parsed.value) : name
}
