/** /v2/<name>/blobs/uploads/: start, mount, append, complete, ask, cancel. */
import { isProblem } from '../../base/problem.ts'
import { type Digest, isDigest } from '../../oci/digest.ts'
import { repositoryFault } from '../../oci/ref.ts'
import type { Call, Handler } from './context.ts'
import { fault, type Reply } from './reply.ts'
import type { UploadSession } from './upload-sessions.ts'

/** POST: a mount, a whole blob in one request, or a new session. */
export const startUpload: Handler = async (call, repository) => {
  if (call.method !== 'POST') return fault('UNSUPPORTED', `${call.method} is not possible here`, { headers: { allow: 'POST' } })
  const [mount, digest] = [call.query.get('mount'), call.query.get('digest')]
  if (mount !== null && isDigest(mount) && (await mountable(call, mount))) {
    await call.registry.files.linkBlob(repository, mount)
    return created(repository, mount)
  }
  if (digest !== null && !isDigest(digest)) return fault('DIGEST_INVALID', `"${digest}" is not a digest`)
  const session = await call.registry.uploads.start(repository)
  if (digest === null) return { status: 202, headers: sessionHeaders(session) }
  return busyOr(call.registry.uploads.exclusively(session, () => complete(call, session, digest)))
}

/** Without `from` any repository will do: whoever may write here may read there. */
async function mountable(call: Call, digest: Digest): Promise<boolean> {
  const from = call.query.get('from')
  if (from === null) return call.registry.store.reuse(digest)
  return repositoryFault(from) === undefined && (await call.registry.files.hasBlob(from, digest)) && call.registry.store.reuse(digest)
}

export const continueUpload: Handler = async (call, repository, id) => {
  const session = await call.registry.uploads.find(repository, id)
  if (session === undefined) return fault('BLOB_UPLOAD_UNKNOWN', 'this upload does not exist, or was completed or cancelled')
  if (call.method === 'GET' || call.method === 'HEAD') return { status: 204, headers: sessionHeaders(session) }
  const work = steps[call.method]
  if (work === undefined)
    return fault('UNSUPPORTED', `${call.method} is not possible here`, { headers: { allow: ['GET', 'HEAD', ...Object.keys(steps)].join(', ') } })
  return busyOr(call.registry.uploads.exclusively(session, () => work(call, session)))
}

const steps: Readonly<Record<string, (call: Call, session: UploadSession) => Promise<Reply>>> = {
  PATCH: async (call, session) => {
    const misplaced = misplacedChunk(call, session)
    if (misplaced !== undefined) return misplaced
    return (await append(call, session)) ?? { status: 202, headers: sessionHeaders(session) }
  },
  PUT: async (call, session) => {
    const digest = call.query.get('digest')
    if (digest === null || !isDigest(digest))
      return fault('DIGEST_INVALID', digest === null ? 'the query parameter "digest" is missing' : `"${digest}" is not a digest`)
    return misplacedChunk(call, session) ?? complete(call, session, digest)
  },
  DELETE: async (call, session) => {
    await call.registry.uploads.end(session)
    await session.upload.abort()
    return { status: 204 }
  },
}

async function busyOr(answer: Promise<Reply | undefined>): Promise<Reply> {
  return (await answer) ?? fault('BLOB_UPLOAD_INVALID', 'another request is at work on this upload', { status: 409 })
}

/** The last bytes, then the check. A wrong digest ends the session: its bytes are worth nothing. */
async function complete(call: Call, session: UploadSession, digest: Digest): Promise<Reply> {
  const wrong = await append(call, session)
  if (wrong !== undefined) return wrong
  try {
    await session.upload.commit({ digest })
  } catch (error) {
    await call.registry.uploads.end(session)
    if (isProblem(error)) return fault('DIGEST_INVALID', error.message)
    throw error
  }
  await call.registry.files.linkBlob(session.repository, digest)
  await call.registry.uploads.end(session)
  return created(session.repository, digest)
}

interface Chunk {
  readonly first: number
  readonly size: number
}

/** Undefined when the request does not say what part it is. */
function chunkOf(call: Call): Chunk | 'malformed' | undefined {
  const text = call.header('content-range')
  if (text === undefined) return undefined
  const [, first, last] = /^(?:bytes )?(\d+)-(\d+)(?:\/(?:\d+|\*))?$/.exec(text) ?? []
  if (first === undefined || Number(last) < Number(first)) return 'malformed'
  return { first: Number(first), size: Number(last) - Number(first) + 1 }
}

/** Chunks come in order: `Content-Range: <first>-<last>` must go on where the session stands, and be as long as it says. */
function misplacedChunk(call: Call, session: UploadSession): Reply | undefined {
  const chunk = chunkOf(call)
  if (chunk === undefined) return undefined
  const headers = sessionHeaders(session)
  if (chunk === 'malformed') return fault('BLOB_UPLOAD_INVALID', 'Content-Range is to be <first byte>-<last byte>', { headers })
  const next = session.upload.size()
  if (chunk.first !== next) return fault('BLOB_UPLOAD_INVALID', `the next byte is ${next}, the chunk begins with ${chunk.first}`, { status: 416, headers })
  const length = call.header('content-length')
  return length === undefined || Number(length) === chunk.size ? undefined : wrongSize(chunk, length, headers)
}

/** A body of unknown length can be held against its Content-Range only afterwards; its bytes stay, and the Range header tells so. */
async function append(call: Call, session: UploadSession): Promise<Reply | undefined> {
  const before = session.upload.size()
  await session.upload.append(call.request, call)
  const chunk = chunkOf(call)
  const arrived = session.upload.size() - before
  return typeof chunk !== 'object' || chunk.size === arrived ? undefined : wrongSize(chunk, String(arrived), sessionHeaders(session))
}

function wrongSize(chunk: Chunk, actual: string, headers: Record<string, string>): Reply {
  return fault('SIZE_INVALID', `Content-Range tells of ${chunk.size} bytes, the body has ${actual}`, { headers })
}

function sessionHeaders(session: UploadSession): Record<string, string> {
  return {
    location: `/v2/${session.repository}/blobs/uploads/${session.upload.id}`,
    range: `0-${Math.max(0, session.upload.size() - 1)}`,
    'docker-upload-uuid': session.upload.id,
  }
}

function created(repository: string, digest: Digest): Reply {
  return { status: 201, headers: { location: `/v2/${repository}/blobs/${digest}`, 'docker-content-digest': digest } }
}
