/** /v2/<name>/manifests/<tag or digest>: read by what the client accepts, write after checking, delete. */
import { isProblem } from '../../base/problem.ts'
import type { Descriptor } from '../../oci/descriptor.ts'
import { algorithmOf, type Digest, digestOf, isDigest } from '../../oci/digest.ts'
import { collect } from '../../oci/join.ts'
import { isForeignLayerType, isIndexType, isManifestType } from '../../oci/media-types.ts'
import { parseTag } from '../../oci/ref.ts'
import { parseIndex, parseManifest, sniffMediaType } from '../../oci/schema.ts'
import type { Call, Handler } from './context.ts'
import { fault, type Reply } from './reply.ts'

/** The specification asks registries to take at least this much. */
export const largestManifest = 4 * 1024 * 1024

export const manifests: Handler = async (call, repository, name) => {
  const reading = call.method === 'GET' || call.method === 'HEAD'
  if (!isDigest(name) && !parseTag(name).ok) {
    // Nothing of that name can be there.
    if (reading) return fault('MANIFEST_UNKNOWN', `"${name}" is neither a tag nor a digest`)
    return fault(name.includes(':') ? 'DIGEST_INVALID' : 'MANIFEST_INVALID', `"${name}" is neither a tag nor a digest`)
  }
  if (call.method === 'PUT') return put(call, repository, name)
  if (call.method === 'DELETE') return remove(call, repository, name)
  if (reading) return get(call, repository, name)
  return fault('UNSUPPORTED', `${call.method} is not possible here`, { headers: { allow: 'GET, HEAD, PUT, DELETE' } })
}

async function get(call: Call, repository: string, name: string): Promise<Reply> {
  const { files, store } = call.registry
  const digest = isDigest(name) ? name : await files.tag(repository, name)
  const facts = digest === undefined ? undefined : await files.manifest(repository, digest)
  if (digest === undefined || facts === undefined) return fault('MANIFEST_UNKNOWN', `${repository} has no manifest ${name}`)
  if (!accepts(call.header('accept'), facts.mediaType))
    return fault('MANIFEST_UNKNOWN', `${name} is of type ${facts.mediaType}, which the request does not accept`)
  const headers = { 'content-type': facts.mediaType, 'content-length': facts.size, 'docker-content-digest': digest, etag: `"${digest}"` }
  if (call.header('if-none-match')?.includes(digest)) return { status: 304, headers: { etag: headers.etag } }
  return call.method === 'HEAD' ? { status: 200, headers } : { status: 200, headers, body: await store.read(digest, { limit: largestManifest }) }
}

/** No Accept header, or one without any type, accepts all: that is what plain HTTP clients send. */
function accepts(header: string | undefined, mediaType: string): boolean {
  const types = (header ?? '').split(',').map((text) => text.split(';')[0]?.trim() ?? '')
  const named = types.filter((type) => type !== '')
  return named.length === 0 || named.some((type) => type === '*/*' || type === 'application/*' || type === mediaType)
}

async function put(call: Call, repository: string, name: string): Promise<Reply> {
  const bytes = await collect(call.request, largestManifest)
  if (bytes === undefined) return fault('SIZE_INVALID', `manifests have at most ${largestManifest} bytes`, { status: 413 })
  const digest = isDigest(name) ? digestOf(bytes, algorithmOf(name)) : digestOf(bytes)
  if (isDigest(name) && digest !== name) return fault('DIGEST_INVALID', `the manifest has the digest ${digest}`)
  const read = readManifest(bytes, call.header('content-type'))
  if ('status' in read) return read
  const missing = await missingParts(call, repository, read)
  if (missing !== undefined) return fault('MANIFEST_BLOB_UNKNOWN', `${repository} lacks ${missing}, which the manifest names`)
  await call.registry.store.put(bytes, { signal: call.signal, expected: { digest } })
  await call.registry.turns(repository, () => enterForGood(call, repository, { name, digest, size: bytes.length, bytes }, read))
  return {
    status: 201,
    headers: {
      location: `/v2/${repository}/manifests/${digest}`,
      'docker-content-digest': digest,
      ...(read.subject !== undefined && { 'oci-subject': read.subject.digest }),
    },
  }
}

interface Entry {
  readonly name: string
  readonly digest: Digest
  readonly size: number
}

/** A collection of garbage in another process may have taken the manifest for old between its file and its tag. */
async function enterForGood(call: Call, repository: string, entry: Entry & { readonly bytes: Buffer }, read: ReadManifest): Promise<void> {
  const { store, files } = call.registry
  const { digest, bytes } = entry
  for (let tried = 0; tried < 3; tried++) {
    await enter(call, repository, entry, read)
    if ((await files.manifest(repository, digest)) !== undefined && (await store.reuse(digest))) return
    await store.put(bytes, { signal: call.signal, expected: { digest } })
  }
}

/** The manifest, then who refers to whom, then the tag: whenever this ends, everything that is there points at something. */
async function enter(call: Call, repository: string, { name, digest, size }: Entry, read: ReadManifest): Promise<void> {
  const { files } = call.registry
  const subject = read.subject?.digest
  await files.putManifest(repository, digest, { mediaType: read.mediaType, size, ...(subject !== undefined && { subject }) })
  if (subject !== undefined) await files.addReferrer(repository, subject, referrer(read, { digest, size }))
  if (!isDigest(name)) await files.setTag(repository, name, digest)
}

interface ReadManifest {
  readonly mediaType: string
  readonly blobs: readonly Descriptor[]
  readonly children: readonly Descriptor[]
  readonly subject?: Descriptor
  readonly artifactType?: string
  readonly annotations?: Readonly<Record<string, string>>
}

function readManifest(bytes: Buffer, contentType: string | undefined): ReadManifest | Reply {
  const told = contentType?.split(';')[0]?.trim()
  const own = sniffMediaType(bytes)
  const mediaType = told ?? own ?? ''
  if (own !== undefined && told !== undefined && own !== told) return fault('MANIFEST_INVALID', `the body is ${own}, Content-Type says ${told}`)
  try {
    if (isIndexType(mediaType)) {
      const { manifests: children, subject, artifactType, annotations } = parseIndex(bytes, 'the manifest')
      return { mediaType, blobs: [], children, ...optional({ subject, artifactType: artifactType || undefined, annotations }) }
    }
    if (!isManifestType(mediaType)) return fault('MANIFEST_INVALID', `manifests of type "${mediaType}" are not supported`)
    const { config, layers, subject, artifactType, annotations } = parseManifest(bytes, 'the manifest')
    const blobs = [config, ...layers.filter((layer) => !isForeignLayerType(layer.mediaType))]
    return { mediaType, blobs, children: [], ...optional({ subject, artifactType: artifactType || config.mediaType, annotations }) }
  } catch (error) {
    if (isProblem(error)) return fault('MANIFEST_INVALID', error.message)
    throw error
  }
}

function optional<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> }
}

async function missingParts(call: Call, repository: string, read: ReadManifest): Promise<Digest | undefined> {
  const { files, store } = call.registry
  // What is named from now on is as new as the manifest: no collection of garbage takes it away before the manifest is there.
  for (const { digest } of read.blobs) if (!(await files.hasBlob(repository, digest)) || !(await store.reuse(digest))) return digest
  for (const { digest } of read.children) if ((await files.manifest(repository, digest)) === undefined || !(await store.reuse(digest))) return digest
  return undefined
}

function referrer(read: ReadManifest, own: { readonly digest: Digest; readonly size: number }): Descriptor {
  return { mediaType: read.mediaType, ...own, ...optional({ artifactType: read.artifactType, annotations: read.annotations }) }
}

async function remove(call: Call, repository: string, name: string): Promise<Reply> {
  const gone = await call.registry.turns(repository, () =>
    isDigest(name) ? removeManifest(call, repository, name) : call.registry.files.removeTag(repository, name),
  )
  return gone ? { status: 202 } : fault('MANIFEST_UNKNOWN', `${repository} has no manifest ${name}`)
}

async function removeManifest({ registry: { files } }: Call, repository: string, digest: Digest): Promise<boolean> {
  const facts = await files.manifest(repository, digest)
  if (facts?.subject !== undefined) await files.removeReferrer(repository, facts.subject, digest)
  return facts !== undefined && files.removeManifest(repository, digest)
}
