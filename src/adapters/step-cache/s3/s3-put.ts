/** Writing an object: small ones in one request, large ones in parts that are put together at the end. Both appear at once or not at all. */
import { mapPool } from '../../../base/map-pool.ts'
import { isProblem } from '../../../base/problem.ts'
import { httpFailure } from '../../../registry/failure.ts'
import type { PutOptions } from '../objects/object-store.ts'
import { countedBodies, type Part, partsOf } from '../objects/parts.ts'
import type { Spooled } from '../objects/spool.ts'
import { askStore, askText, type StoreAsk, storeProblem } from '../objects/store-http.ts'
import { elementText } from '../objects/xml-text.ts'
import { bodyHash, bodyHashHeader } from './body-hash.ts'
import type { S3Bucket } from './s3-store.ts'

const what = 'to save'
const atOnce = 4
const cleanUpMs = 15_000

type Outcome = 'saved' | 'kept'

export async function putObject(name: string, body: Spooled, bucket: S3Bucket, o: PutOptions): Promise<Outcome> {
  try {
    return await putAs(name, body, bucket, o, o.override ? {} : { 'if-none-match': '*' })
  } catch (error) {
    // Some stores do not know conditions; then whoever comes last counts.
    if (o.override || httpFailure(error)?.status !== 501) throw error
    return putAs(name, body, bucket, o, {})
  }
}

type Condition = Readonly<Record<string, string>>

async function putAs(name: string, body: Spooled, bucket: S3Bucket, o: PutOptions, condition: Condition): Promise<Outcome> {
  const parts = partsOf(body.bytes, bucket.partBytes)
  return parts.length === 1 ? putWhole(name, body, bucket, o, condition) : putParts(name, body, parts, bucket, o, condition)
}

function objectHeaders(body: Spooled, { acl }: S3Bucket): Condition {
  return { 'content-type': 'application/octet-stream', 'x-amz-meta-sha256': body.sha256, ...(acl !== undefined && { 'x-amz-acl': acl }) }
}

async function putWhole(name: string, body: Spooled, bucket: S3Bucket, o: PutOptions, condition: Condition): Promise<Outcome> {
  const headers = { ...objectHeaders(body, bucket), ...condition, [bodyHashHeader]: body.sha256 }
  const part = countedBodies(body, o.progress)({ from: 0, to: body.bytes })
  const { status } = await askText({ method: 'PUT', url: bucket.url(name), headers, body: part, what, ok: [200, 412] }, bucket.access, o)
  return status === 412 ? 'kept' : 'saved'
}

async function putParts(name: string, body: Spooled, parts: readonly Part[], bucket: S3Bucket, o: PutOptions, condition: Condition): Promise<Outcome> {
  const begin: StoreAsk = { method: 'POST', url: bucket.url(name, { uploads: '' }), headers: objectHeaders(body, bucket), what, ok: [200] }
  const begun = await askText(begin, bucket.access, o)
  const uploadId = elementText(begun.text, 'UploadId')
  if (uploadId === undefined) throw storeProblem(begin, { ...begun, text: '' }, bucket.access)
  try {
    const bodies = countedBodies(body, o.progress)
    const tags = await mapPool(parts, atOnce, async (part) => {
      const { sha256 } = await body.sums(part)
      const url = bucket.url(name, { partNumber: String(part.number), uploadId })
      const sent = await askText({ method: 'PUT', url, headers: { [bodyHashHeader]: sha256 }, body: bodies(part), what, ok: [200] }, bucket.access, o)
      return sent.header('etag') ?? ''
    })
    const outcome = await complete(name, uploadId, tags, bucket, o, condition)
    if (outcome === 'kept') await giveUp(name, uploadId, bucket)
    return outcome
  } catch (error) {
    await giveUp(name, uploadId, bucket)
    throw error
  }
}

/** The status comes before the work is done: a failure may stand in the text of a good one. */
async function complete(name: string, uploadId: string, tags: readonly string[], bucket: S3Bucket, o: PutOptions, condition: Condition): Promise<Outcome> {
  const list = tags.map((tag, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${tag.replaceAll('&', '&amp;')}</ETag></Part>`).join('')
  const text = Buffer.from(`<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${list}</CompleteMultipartUpload>`)
  const headers = { 'content-type': 'application/xml', ...condition, [bodyHashHeader]: bodyHash(text) }
  const ask: StoreAsk = { method: 'POST', url: bucket.url(name, { uploadId }), headers, body: text, what, ok: [200, 412] }
  const answer = await askText(ask, bucket.access, o)
  if (answer.status === 412) return 'kept'
  if (/<Error[\s>]/.test(answer.text)) throw storeProblem(ask, answer, bucket.access)
  return 'saved'
}

/** Parts of an upload that is never completed are paid for until somebody takes them away. */
async function giveUp(name: string, uploadId: string, bucket: S3Bucket): Promise<void> {
  const signal = AbortSignal.timeout(cleanUpMs)
  const ask: StoreAsk = { method: 'DELETE', url: bucket.url(name, { uploadId }), what: 'to forget an upload', ok: [200, 204, 404] }
  await askStore(ask, bucket.access, { signal }).then(
    ({ body }) => void body.resume(),
    (error: unknown) => {
      if (!isProblem(error) && !signal.aborted) throw error
    },
  )
}
