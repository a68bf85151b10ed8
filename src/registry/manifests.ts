/** Manifests in a repository: look, read, write, delete. */
import { problem } from '../base/problem.ts'
import { verifyBytes } from '../oci/byte-meter.ts'
import type { Descriptor } from '../oci/descriptor.ts'
import { type Digest, digestOf, isDigest } from '../oci/digest.ts'
import { collect } from '../oci/join.ts'
import { acceptedManifests } from '../oci/media-types.ts'
import { sniffMediaType } from '../oci/schema.ts'
import type { Repository, Waiting } from './client.ts'
import { discard } from './discard.ts'

/** Registries take 4 MiB; four times that is an attack. */
const largestManifest = 16 * 1024 * 1024
const accept = { accept: acceptedManifests.join(', ') }

export interface FetchedManifest {
  readonly mediaType: string
  readonly bytes: Buffer
  readonly digest: Digest
}

/** `name` is a tag or a digest. Undefined when there is none. */
export async function findManifest(repository: Repository, name: string, o: Waiting): Promise<Descriptor | undefined> {
  const what = shown(repository, name)
  const answer = await repository.insist({ method: 'HEAD', at: `${repository.path}/manifests/${name}`, headers: accept, accept: [200, 404], what }, o)
  await discard(answer.body)
  if (answer.status === 404) return undefined
  const digest = answer.header('docker-content-digest')
  const mediaType = answer.header('content-type')?.split(';')[0]?.trim()
  if (digest !== undefined && isDigest(digest) && mediaType !== undefined) return { mediaType, digest, size: Number(answer.header('content-length') ?? 0) }
  // The header is optional: read the manifest itself.
  const { bytes, ...rest } = await getManifest(repository, name, o)
  return { ...rest, size: bytes.length }
}

/** The exact bytes, verified where `name` is a digest. Throws REGISTRY_NOT_FOUND. */
export async function getManifest(repository: Repository, name: string, o: Waiting): Promise<FetchedManifest> {
  const what = shown(repository, name)
  const { bytes, type } = await repository.retry(async () => {
    const answer = await repository.ask({ method: 'GET', at: `${repository.path}/manifests/${name}`, headers: accept, accept: [200], what }, o)
    const body = await collect(answer.body, largestManifest)
    if (body === undefined) throw problem('MANIFEST_INVALID', { what, reason: `it is larger than ${largestManifest} bytes` })
    if (isDigest(name)) verifyBytes(body, { digest: name }, what)
    return { bytes: body, type: answer.header('content-type') }
  }, o)
  const mediaType = sniffMediaType(bytes) ?? type?.split(';')[0]?.trim() ?? ''
  return { mediaType, bytes, digest: isDigest(name) ? name : digestOf(bytes) }
}

export interface ManifestToPut {
  readonly mediaType: string
  readonly bytes: Buffer
}

/** Under a tag or under its own digest. Blobs and children must be in the repository already. */
export async function putManifest(repository: Repository, name: string, manifest: ManifestToPut, o: Waiting): Promise<{ readonly subjectKnown: boolean }> {
  const { bytes, mediaType } = manifest
  const request = {
    method: 'PUT',
    at: `${repository.path}/manifests/${name}`,
    headers: { 'content-type': mediaType },
    body: bytes,
    accept: [200, 201, 202],
    what: shown(repository, name),
  } as const
  const answer = await repository.insist(request, o)
  await discard(answer.body)
  const told = answer.header('docker-content-digest')
  const actual = digestOf(bytes)
  if (told?.startsWith('sha256:') && told !== actual)
    throw problem('DIGEST_MISMATCH', { what: `${shown(repository, name)} as the registry stored it`, expected: actual, actual: told })
  return { subjectKnown: answer.header('oci-subject') !== undefined }
}

/** Answers whether it was there. A tag needs a registry that deletes tags; a digest takes all its tags with it. */
export async function deleteManifest(repository: Repository, name: string, o: Waiting): Promise<boolean> {
  const answer = await repository.insist(
    { method: 'DELETE', at: `${repository.path}/manifests/${name}`, accept: [200, 202, 204, 404], what: shown(repository, name) },
    o,
  )
  await discard(answer.body)
  return answer.status !== 404
}

function shown(repository: Repository, name: string): string {
  return `${repository.repository}${isDigest(name) ? '@' : ':'}${name}`
}
