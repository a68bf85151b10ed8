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
  if (from === null) return call.registry.store.has(digest)
  return repositoryFault(from) === undefined && (await call.registry.files.hasBlob(from, digest)) && call.registry.store.has(digest)
}

export const continueUpload: Handler = async (call, repository, id) => {
  const session = call.registry.uploads.find(repository, id)
  if (session === undefined) return fault('BLOB_UPLOAD_UNKNOWN', 'this upload does not exist, or was completed or cancelled')
  if (call.method === 'GET') return { status: 204, headers: sessionHeaders(session) }
  const work = steps[call.method]
  if (work === undefined) return fault('UNSUPPORTED', `${call.method} is not possible here`, { headers: { allow: ['GET', ...Object.keys(steps)].join(', ') } })
  return busyOr(call.registry.uploads.exclusively(session, () => work(call, session)))
}

const steps: Readonly<Record<string, (call: Call, session: UploadSession) => Promise<Reply>>> = {
  PATCH: async (call, session) => {
    const misplaced = outOfOrder(call, session)
    if (misplaced !== undefined) return misplaced
    await session.ingest.append(call.request, call)
    return { status: 202, headers: sessionHeaders(session) }
  },
  PUT: async (call, session) => {
    const digest = call.query.get('digest')
    if (digest === null || !isDigest(digest))
      return fault('DIGEST_INVALID', digest === null ? 'the query parameter "digest" is missing' : `"${digest}" is not a digest`)
    return outOfOrder(call, session) ?? complete(call, session, digest)
  },
  DELETE: async (call, session) => {
    call.registry.uploads.end(session)
    await session.ingest.abort()
    return { status: 204 }
  },
}

async function busyOr(answer: Promise<Reply | undefined>): Promise<Reply> {
  return (await answer) ?? fault('BLOB_UPLOAD_INVALID', 'another request is at work on this upload', { status: 409 })
}

/** The last bytes, then the check. A wrong digest ends the session: its bytes are worth nothing. */
async function complete(call: Call, session: UploadSession, digest: Digest): Promise<Reply> {
  await session.ingest.append(call.request, call)
  call.registry.uploads.end(session)
  try {
    await session.ingest.commit({ digest })
  } catch (error) {
    if (isProblem(error)) return fault('DIGEST_INVALID', error.message)
    throw error
  }
  await call.registry.files.linkBlob(session.repository, digest)
  return created(session.repository, digest)
}

/** Chunks come in order: `Content-Range: <first>-<last>` must go on where the session stands. */
function outOfOrder(call: Call, session: UploadSession): Reply | undefined {
  const text = call.header('content-range')
  if (text === undefined) return undefined
  const match = /^(?:bytes )?(\d+)-(\d+)$/.exec(text)
  const length = call.header('content-length')
  const expected = session.ingest.size()
  const whole = match !== null && (length === undefined || Number(length) === Number(match[2]) - Number(match[1]) + 1)
  if (whole && Number(match[1]) === expected) return undefined
  return fault('BLOB_UPLOAD_INVALID', `the next byte is ${expected}, the chunk says ${text}`, { status: 416, headers: sessionHeaders(session) })
}

function sessionHeaders(session: UploadSession): Record<string, string> {
  return {
    location: `/v2/${session.repository}/blobs/uploads/${session.id}`,
    range: `0-${Math.max(0, session.ingest.size() - 1)}`,
    'docker-upload-uuid': session.id,
  }
}

function created(repository: string, digest: Digest): Reply {
  return { status: 201, headers: { location: `/v2/${repository}/blobs/${digest}`, 'docker-content-digest': digest } }
}
