/** Writing an object in pieces that go on where they were cut: https://cloud.google.com/storage/docs/performing-resumable-uploads */
import { waitAfter } from '../../../registry/retry.ts'
import type { PutOptions } from '../objects/object-store.ts'
import { countedBodies } from '../objects/parts.ts'
import type { Spooled } from '../objects/spool.ts'
import { askText, type StoreAsk, storeProblem, storeRetry } from '../objects/store-http.ts'
import type { GcsBucket } from './gcs-store.ts'

const what = 'to save'
const unit = 256 * 1024
/** The service's own word for "so far, so good". */
const goOn = 308

export async function uploadObject(name: string, body: Spooled, bucket: GcsBucket, o: PutOptions): Promise<'saved' | 'kept'> {
  const session = await begin(name, body, bucket, o)
  if (session === undefined) return 'kept'
  const size = Math.max(unit, Math.floor(bucket.partBytes / unit) * unit)
  const bodies = countedBodies(body, (done) => o.progress(Math.min(body.bytes, done)))
  let from = 0
  for (let tried = 0; ; ) {
    const to = Math.min(body.bytes, from + size)
    const headers = { 'content-range': `bytes ${from}-${to - 1}/${body.bytes}` }
    try {
      const sent = await askText({ method: 'PUT', url: session, headers, body: bodies({ from, to }), what, ok: [200, 201, goOn, 412] }, oneTry(bucket), o)
      if (sent.status === 412) return 'kept'
      if (sent.status !== goOn) return 'saved'
      from = taken(sent.header('range'))
      tried = 0
    } catch (error) {
      o.signal.throwIfAborted()
      tried += 1
      const wait = waitAfter(error, tried, storeRetry)
      if (wait === undefined) throw error
      await bucket.access.world.clock.sleep(wait, o)
      const state = await standing(session, body, bucket, o)
      if (state === 'done') return 'saved'
      from = state
    }
  }
}

/** Pieces are not sent again as they are: first it is asked how much has arrived. */
function oneTry({ access }: GcsBucket): GcsBucket['access'] & { readonly attempts: 1 } {
  return { ...access, attempts: 1 }
}

async function begin(name: string, body: Spooled, bucket: GcsBucket, o: PutOptions): Promise<URL | undefined> {
  const url = bucket.url(`/upload/storage/v1/b/${bucket.bucket}/o`, { uploadType: 'resumable', name, ...(!o.override && { ifGenerationMatch: '0' }) })
  const about = { name, contentType: 'application/octet-stream', md5Hash: body.md5, metadata: { sha256: body.sha256 } }
  const headers = { 'content-type': 'application/json; charset=UTF-8', 'x-upload-content-length': String(body.bytes) }
  const ask: StoreAsk = { method: 'POST', url, headers, body: Buffer.from(JSON.stringify(about)), what, ok: [200, 412] }
  const begun = await askText(ask, bucket.access, o)
  if (begun.status === 412) return undefined
  const location = begun.header('location')
  if (location === undefined || !URL.canParse(location, url.href))
    throw storeProblem(ask, { ...begun, status: 502, text: 'it names no session' }, bucket.access)
  return new URL(location, url)
}

async function standing(session: URL, body: Spooled, bucket: GcsBucket, o: PutOptions): Promise<number | 'done'> {
  const headers = { 'content-range': `bytes */${body.bytes}` }
  const answer = await askText({ method: 'PUT', url: session, headers, what, ok: [200, 201, goOn] }, bucket.access, o)
  return answer.status === goOn ? taken(answer.header('range')) : 'done'
}

/** `bytes=0-524287`; absent when nothing has arrived. */
function taken(range: string | undefined): number {
  const last = /-(\d+)$/.exec(range ?? '')?.[1]
  return last === undefined ? 0 : Number(last) + 1
}
