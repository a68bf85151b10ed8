/** What the pushes have to come to: one digest in all registries, the one that the archive names. */
import { chooseImage } from '../../../src/media/archive.ts'
import { openArchive } from '../../../src/media/open-archive.ts'
import { weigh } from '../../../src/oci/weigh.ts'
import { CannotMeasure } from '../support/bench.ts'
import { repository, tag } from './pipeline.ts'

/** Answers the compressed size of the image. */
export async function oneDigest(archive: string, registries: readonly string[]): Promise<number> {
  const opened = await openArchive(archive, { signal: AbortSignal.timeout(60_000) })
  try {
    const { view } = chooseImage(opened)
    const digests = new Set([await view.digest(), ...(await Promise.all(registries.map(digestAt)))])
    if (digests.size > 1) throw new CannotMeasure(`the archive and the registries hold different images: ${[...digests].join(', ')}`)
    return (await weigh(view)).bytes
  } finally {
    await opened.close()
  }
}

export async function digestAt(host: string): Promise<string> {
  const accept = 'application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json'
  const answer = await fetch(`http://${host}/v2/${repository}/manifests/${tag}`, { method: 'HEAD', headers: { accept } })
  return answer.headers.get('docker-content-digest') ?? `none (${answer.status})`
}
