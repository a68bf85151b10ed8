/** Images where their registries have them, and the artifacts that refer to them. */

import type { Diagnostic } from '../../base/diagnostic.ts'
import { Problem, problem } from '../../base/problem.ts'
import type { Descriptor } from '../../oci/descriptor.ts'
import { collect } from '../../oci/join.ts'
import type { ImageRef } from '../../oci/ref.ts'
import { parseSourceRef } from '../../oci/ref.ts'
import { parseManifest } from '../../oci/schema.ts'
import type { AttachedArtifact, RemoteImages, RemoteOptions } from '../../ports/remote-images.ts'
import { openBlob } from '../../registry/blobs.ts'
import type { RegistryClient, Repository } from '../../registry/client.ts'
import { getManifest } from '../../registry/manifests.ts'
import { pull } from '../../registry/pull.ts'
import { listReferrers } from '../../registry/referrers.ts'

/** Larger than any report of a scan. */
const largestText = 256 * 1024 * 1024

export function registryImages(clientFor: (use: RemoteOptions['use']) => RegistryClient): RemoteImages {
  return {
    async open(text, { use, signal }) {
      return { image: await pull(refOf(text), { client: clientFor(use), signal }), close: async () => undefined }
    },
    async attached(text, { use, signal }) {
      const [ref, client] = [refOf(text), clientFor(use)]
      const digest = await (await pull(ref, { client, signal })).digest()
      const repository = client.repository(ref, ['pull'])
      return (await listReferrers(repository, digest, { signal })).map((descriptor) => artifact(descriptor, repository))
    },
  }
}

function artifact(descriptor: Descriptor, repository: Repository): AttachedArtifact {
  const created = descriptor.annotations?.['org.opencontainers.image.created']
  return {
    artifactType: descriptor.artifactType ?? descriptor.mediaType,
    digest: descriptor.digest,
    ...(created !== undefined && { created }),
    async text({ signal }) {
      const what = `${repository.repository}@${descriptor.digest}`
      const { layers } = parseManifest((await getManifest(repository, descriptor.digest, { signal })).bytes, what)
      const [first] = layers
      if (first === undefined) throw problem('SCAN_RESULTS_UNREADABLE', { file: what, reason: 'the artifact holds nothing' })
      const bytes = await collect(await openBlob(repository, first, { signal }), largestText)
      if (bytes === undefined) throw problem('SCAN_RESULTS_UNREADABLE', { file: what, reason: `it is larger than ${largestText} bytes` })
      return bytes.toString('utf8')
    },
  }
}

function refOf(text: string): ImageRef {
  const parsed = parseSourceRef(text)
  if (!parsed.ok) throw new Problem(parsed.diagnostics[0] as Diagnostic)
  return parsed.value
}
