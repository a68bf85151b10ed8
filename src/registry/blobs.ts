/** Blobs in a repository: look, read with resumption, mount, upload in one streaming PUT. */
import { Readable } from 'node:stream'
import { isProblem, problem } from '../base/problem.ts'
import type { Descriptor } from '../oci/descriptor.ts'
import { type Digest, shortDigest } from '../oci/digest.ts'
import { type Started, smallerChunks, uploadInChunks } from './chunked-upload.ts'
import type { Repository, Waiting } from './client.ts'
import { discard } from './discard.ts'
import type { HttpBody } from './http.ts'
import type { Answer } from './transport.ts'
import { connectionProblem } from './unreachable-registry.ts'

export async function hasBlob(repository: Repository, digest: Digest, o: Waiting): Promise<boolean> {
  const answer = await repository.insist({ method: 'HEAD', at: blobAt(repository, digest), accept: [200, 404], what: shown(repository, digest) }, o)
  await discard(answer.body)
  return answer.status === 200
}

/** The blob's bytes, unverified. A connection that is cut is taken up again where it broke. Throws REGISTRY_NOT_FOUND. */
export async function openBlob(repository: Repository, descriptor: Descriptor, o: Waiting): Promise<Readable> {
  const first = await repository.retry(() => from(repository, descriptor, 0, o), o)
  return Readable.from(resuming(repository, descriptor, first, o), { objectMode: false, highWaterMark: 256 * 1024 })
}

async function* resuming(repository: Repository, descriptor: Descriptor, first: Readable, o: Waiting): AsyncGenerator<Buffer> {
  let body = first
  let position = 0
  let stuckAt = -1
  for (;;) {
    const current = body
    try {
      for await (const chunk of current) {
        position += (chunk as Buffer).length
        yield chunk as Buffer
      }
      return
    } catch (error) {
      const failed = connectionProblem(error, repository.registry, o)
      // A connection that brings nothing twice in a row will not bring more.
      if (!isProblem(failed) || !failed.retryable || position === stuckAt || position >= descriptor.size) throw failed
      stuckAt = position
      body = await repository.retry(() => from(repository, descriptor, position, o), o)
    } finally {
      current.destroy()
    }
  }
}

/** The bytes from `position` on; registries that know no ranges send all, and the start is dropped. */
async function from(repository: Repository, descriptor: Descriptor, position: number, o: Waiting): Promise<Readable> {
  const headers = position === 0 ? {} : { range: `bytes=${position}-` }
  const answer = await repository.ask(
    { method: 'GET', at: blobAt(repository, descriptor.digest), headers, accept: [200, 206], what: shown(repository, descriptor.digest) },
    o,
  )
  return position > 0 && answer.status === 200 ? Readable.from(without(answer.body, position), { objectMode: false }) : answer.body
}

async function* without(body: Readable, count: number): AsyncGenerator<Buffer> {
  let left = count
  for await (const chunk of body) {
    const rest = (chunk as Buffer).subarray(left)
    left = Math.max(0, left - (chunk as Buffer).length)
    if (rest.length > 0) yield rest
  }
}

export type Upload = { readonly kind: 'mounted' } | ({ readonly kind: 'started' } & Started)

/** Starts an upload; with `mountFrom` the registry may take the blob from another of its repositories instead. */
export async function startUpload(repository: Repository, digest: Digest, o: Waiting & { readonly mountFrom?: string }): Promise<Upload> {
  try {
    return await askForUpload(repository, digest, o)
  } catch (error) {
    // These credentials may not read the other repository: the blob is sent then.
    const forbidden = isProblem(error, 'REGISTRY_UNAUTHORIZED') || isProblem(error, 'REGISTRY_DENIED')
    if (o.mountFrom === undefined || !forbidden) throw error
    return askForUpload(repository, digest, { signal: o.signal })
  }
}

/** An upload of what nobody can name yet. */
export async function beginUpload(repository: Repository, what: string, o: Waiting): Promise<Started> {
  const answer = await repository.ask({ method: 'POST', at: `${repository.path}/blobs/uploads/`, accept: [202], what }, o)
  await discard(answer.body)
  return startedBy(answer, repository)
}

async function askForUpload(repository: Repository, digest: Digest, o: Waiting & { readonly mountFrom?: string }): Promise<Upload> {
  const prefix = repository.access.endpoint.prefix
  const query = o.mountFrom === undefined ? '' : `?${new URLSearchParams({ mount: digest, from: `${prefix}${o.mountFrom}` })}`
  const answer = await repository.ask(
    { method: 'POST', at: `${repository.path}/blobs/uploads/${query}`, accept: [201, 202], what: shown(repository, digest) },
    o,
  )
  await discard(answer.body)
  if (answer.status === 201) return { kind: 'mounted' }
  return { kind: 'started', ...startedBy(answer, repository) }
}

function startedBy(answer: Answer, repository: Repository): Started {
  return { location: locationOf(answer, repository), leastChunk: Number(answer.header('oci-chunk-min-length') ?? 0) || 0 }
}

/** Mounts or uploads, and tries the whole sequence again when it breaks. Answers which of the two it was. */
export async function putBlob(
  repository: Repository,
  descriptor: Descriptor,
  body: HttpBody,
  o: Waiting & { readonly mountFrom?: string },
): Promise<'mounted' | 'uploaded'> {
  return repository.retry(async () => {
    for (let mountFrom = o.mountFrom; ; mountFrom = undefined) {
      const upload = await startUpload(repository, descriptor.digest, { signal: o.signal, ...(mountFrom !== undefined && { mountFrom }) })
      if (upload.kind === 'mounted') return 'mounted'
      try {
        await send(repository, upload, { digest: descriptor.digest, body }, o)
        return 'uploaded'
      } catch (error) {
        const chunkBytes = smallerChunks(error, repository.uploads)
        if (chunkBytes === undefined) throw error
        repository.uploads.chunkBytes = chunkBytes
      }
    }
  }, o)
}

/** In one PUT, unless this registry has refused that before. */
async function send(repository: Repository, upload: Started, blob: { readonly digest: Digest; readonly body: HttpBody }, o: Waiting): Promise<void> {
  const what = shown(repository, blob.digest)
  const { chunkBytes } = repository.uploads
  if (chunkBytes !== undefined)
    return uploadInChunks(repository, upload, blob, { chunkBytes, what, locationOf: (answer) => locationOf(answer, repository), signal: o.signal })
  const at = new URL(upload.location)
  at.searchParams.set('digest', blob.digest)
  const headers = { 'content-type': 'application/octet-stream' }
  const answer = await repository.ask({ method: 'PUT', at, headers, body: blob.body, accept: [200, 201, 202, 204], what }, o)
  await discard(answer.body)
}

/** Deletes one blob; answers whether it was there. */
export async function deleteBlob(repository: Repository, digest: Digest, o: Waiting): Promise<boolean> {
  const answer = await repository.insist({ method: 'DELETE', at: blobAt(repository, digest), accept: [200, 202, 204, 404], what: shown(repository, digest) }, o)
  await discard(answer.body)
  return answer.status !== 404
}

export function locationOf(answer: Answer, repository: Repository): URL {
  const text = answer.header('location')
  if (text === undefined || !URL.canParse(text, answer.url.href)) {
    throw problem('REGISTRY_PROTOCOL', { registry: repository.registry, what: 'an upload', reason: 'the answer has no Location' })
  }
  const url = new URL(text, answer.url)
  // Registries behind a proxy that ends TLS often name themselves with http://; in the clear we would not prove who we are.
  const home = new URL(repository.access.endpoint.origin)
  const plainly = home.protocol === 'https:' && url.protocol === 'http:' && url.hostname === home.hostname
  return plainly && (url.port === '' || url.port === home.port) ? new URL(`${home.origin}${url.pathname}${url.search}`) : url
}

function blobAt(repository: Repository, digest: Digest): string {
  return `${repository.path}/blobs/${digest}`
}

function shown(repository: Repository, digest: Digest): string {
  return `${repository.repository}@${shortDigest(digest)}`
}
