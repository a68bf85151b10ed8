/**
 * What refers to a manifest: signatures, bills of materials, attestations. Registries without the referrers API
 * keep the list in an index under the tag `sha256-<digest>`, and it is the client that keeps it.
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#listing-referrers
 */
import { problem } from '../base/problem.ts'
import type { Descriptor } from '../oci/descriptor.ts'
import type { Digest } from '../oci/digest.ts'
import { algorithmOf, digestOf, hexOf } from '../oci/digest.ts'
import { collect } from '../oci/join.ts'
import { isIndexType, mediaTypes } from '../oci/media-types.ts'
import { parseIndex, parseManifest } from '../oci/schema.ts'
import type { Repository, Waiting } from './client.ts'
import { discard } from './discard.ts'
import { deleteManifest, findManifest, getManifest, type ManifestToPut, putManifest } from './manifests.ts'
import { nextPage } from './tags.ts'

const largestPage = 16 * 1024 * 1024
const mostPages = 1000

/** Empty when nothing refers to the manifest, and when there is no such manifest. */
export async function listReferrers(repository: Repository, subject: Digest, o: Waiting & { readonly artifactType?: string }): Promise<readonly Descriptor[]> {
  const all = (await fromApi(repository, subject, o)) ?? (await fromTag(repository, subject, o))
  return o.artifactType === undefined ? all : all.filter((one) => one.artifactType === o.artifactType)
}

/** Undefined when the registry has no such API. */
async function fromApi(repository: Repository, subject: Digest, o: Waiting & { readonly artifactType?: string }): Promise<readonly Descriptor[] | undefined> {
  const what = `the referrers of ${repository.repository}@${subject}`
  const query = o.artifactType === undefined ? '' : `?${new URLSearchParams({ artifactType: o.artifactType })}`
  const found: Descriptor[] = []
  let at: string | URL | undefined = `${repository.path}/referrers/${subject}${query}`
  for (let page = 0; page < mostPages && at !== undefined; page++) {
    const answer = await repository.insist({ method: 'GET', at, accept: [200, 404, 405], what }, o)
    // Some registries answer every unknown path with a page for people.
    if (answer.status !== 200 || answer.header('content-type')?.split(';')[0]?.trim() !== mediaTypes.ociIndex) {
      await discard(answer.body)
      return undefined
    }
    const body = await collect(answer.body, largestPage)
    if (body === undefined) throw problem('REGISTRY_PROTOCOL', { registry: repository.registry, what, reason: `a page is larger than ${largestPage} bytes` })
    found.push(...parseIndex(body, what).manifests)
    at = nextPage(answer.header('link'), answer.url)
  }
  return found
}

async function fromTag(repository: Repository, subject: Digest, o: Waiting): Promise<readonly Descriptor[]> {
  const tag = tagOf(subject)
  if ((await findManifest(repository, tag, o)) === undefined) return []
  const { bytes, mediaType } = await getManifest(repository, tag, o)
  return isIndexType(mediaType) ? parseIndex(bytes, `${repository.repository}:${tag}`).manifests : []
}

/** As `putManifest`; where the manifest has a subject and the registry does not say that it knows subjects, the fallback tag is kept. */
export async function putReferring(repository: Repository, name: string, manifest: ManifestToPut, o: Waiting): Promise<void> {
  const { subjectKnown } = await putManifest(repository, name, manifest, o)
  const own = manifest.mediaType === mediaTypes.ociManifest || manifest.mediaType === mediaTypes.ociIndex ? referrerOf(manifest) : undefined
  if (subjectKnown || own === undefined) return
  const others = await keptList(repository, own.subject, o)
  if (others.some((one) => one.digest === own.referrer.digest)) return
  const index = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [...others, own.referrer] }
  await putManifest(repository, tagOf(own.subject), { mediaType: mediaTypes.ociIndex, bytes: Buffer.from(JSON.stringify(index)) }, o)
}

/** As `deleteManifest`; where the manifest has a subject and the registry keeps no list itself, its line goes from the fallback tag. */
export async function deleteReferring(repository: Repository, digest: Digest, o: Waiting): Promise<boolean> {
  const manifest = (await findManifest(repository, digest, o)) === undefined ? undefined : await getManifest(repository, digest, o)
  const own = manifest === undefined ? undefined : referrerOf(manifest)
  if (!(await deleteManifest(repository, digest, o))) return false
  if (own === undefined || (await fromApi(repository, own.subject, o)) !== undefined) return true
  const all = await fromTag(repository, own.subject, o)
  const manifests = all.filter((one) => one.digest !== digest)
  const index = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests }
  if (manifests.length < all.length)
    await putManifest(repository, tagOf(own.subject), { mediaType: mediaTypes.ociIndex, bytes: Buffer.from(JSON.stringify(index)) }, o)
  return true
}

/** The list to add to. What else stands under the tag is somebody's own, and stays. */
async function keptList(repository: Repository, subject: Digest, o: Waiting): Promise<readonly Descriptor[]> {
  const there = await findManifest(repository, tagOf(subject), o)
  if (there !== undefined && !isIndexType(there.mediaType)) {
    const what = `${repository.repository}:${tagOf(subject)}`
    throw problem('REGISTRY_PROTOCOL', {
      registry: repository.registry,
      what,
      reason: `the tag should hold the list of referrers, and holds ${there.mediaType}`,
    })
  }
  return there === undefined ? [] : fromTag(repository, subject, o)
}

function referrerOf({ bytes, mediaType }: ManifestToPut): { readonly subject: Digest; readonly referrer: Descriptor } | undefined {
  const parsed = mediaType === mediaTypes.ociIndex ? parseIndex(bytes, 'the manifest') : parseManifest(bytes, 'the manifest')
  if (parsed.subject === undefined) return undefined
  const artifactType = parsed.artifactType || ('config' in parsed ? parsed.config.mediaType : undefined)
  const referrer: Descriptor = {
    mediaType,
    digest: digestOf(bytes),
    size: bytes.length,
    ...(artifactType !== undefined && { artifactType }),
    ...(parsed.annotations !== undefined && { annotations: parsed.annotations }),
  }
  return { subject: parsed.subject.digest, referrer }
}

/** The algorithm, and 64 digits at most. */
function tagOf(subject: Digest): string {
  return `${algorithmOf(subject)}-${hexOf(subject).slice(0, 64)}`
}
