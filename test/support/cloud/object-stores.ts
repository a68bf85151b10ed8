/** S3, Google's and Azure's object stores as far as saved files need them: every request is checked as theirs are, objects appear whole or not at all. */
import { createHash } from 'node:crypto'
import { judgeSignature, type Key } from './signature-v4.ts'
import { type Asked, type Reply, type StandIn, startStandIn } from './stand-in.ts'

export interface StoredBody {
  readonly bytes: Buffer
  readonly meta: Readonly<Record<string, string>>
  readonly saved: number
  readonly tag: string
}

export interface ObjectStoreStandIn extends StandIn {
  readonly objects: Map<string, StoredBody>
  /** `PUT bucket/name`, in order. */
  readonly calls: string[]
}

export interface StoreOptions {
  /** Answers instead of the store, for failures. */
  readonly sabotage?: (asked: Asked, count: number) => Reply | undefined
}

interface State {
  readonly objects: Map<string, StoredBody>
  readonly calls: string[]
  readonly uploads: Map<string, Upload>
  count: number
}

interface Upload {
  readonly name: string
  readonly meta: Readonly<Record<string, string>>
  readonly parts: Map<string, Buffer>
  readonly keeping: boolean
  readonly md5?: string
  readonly total?: number
  done?: boolean
}

async function start(o: StoreOptions, answer: (asked: Asked, state: State) => Reply): Promise<ObjectStoreStandIn> {
  const state: State = { objects: new Map(), calls: [], uploads: new Map(), count: 0 }
  const server = await startStandIn((asked) => {
    state.count += 1
    state.calls.push(`${asked.method} ${asked.host}${asked.url.pathname}${asked.url.search}`)
    return o.sabotage?.(asked, state.count) ?? answer(asked, state)
  })
  return { ...server, objects: state.objects, calls: state.calls }
}

let ticks = 0

function store(state: State, name: string, bytes: Buffer, meta: StoredBody['meta']): StoredBody {
  ticks += 1
  const body = { bytes, meta, saved: Date.now() + ticks * 1000, tag: `"${createHash('md5').update(bytes).update(String(ticks)).digest('hex')}"` }
  state.objects.set(name, body)
  return body
}

function metaOf(asked: Asked, prefix: string): StoredBody['meta'] {
  return Object.fromEntries(Object.entries(asked.headers).flatMap(([name, value]) => (name.startsWith(prefix) ? [[name, String(value)]] : [])))
}

function ranged(asked: Asked, body: StoredBody, headers: Readonly<Record<string, string>>): Reply {
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(String(asked.headers['x-ms-range'] ?? asked.headers['range'] ?? '')) ?? []
  if (from === undefined) return { status: 200, headers: { ...headers, 'content-length': String(body.bytes.length) }, body: body.bytes }
  const part = body.bytes.subarray(Number(from), to ? Number(to) + 1 : undefined)
  const range = `bytes ${from}-${Number(from) + part.length - 1}/${body.bytes.length}`
  return { status: 206, headers: { ...headers, 'content-range': range, 'content-length': String(part.length) }, body: part }
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

// S3

export interface S3StandInOptions extends StoreOptions {
  readonly keys: Readonly<Record<string, Key>>
  readonly bucket: string
  readonly region?: string
  /** Knows no conditions, as some that speak S3 do. */
  readonly plain?: boolean
}

const s3Names: Readonly<Record<string, string>> = {
  UnrecognizedClientException: 'InvalidAccessKeyId',
  InvalidSignatureException: 'SignatureDoesNotMatch',
  MissingAuthenticationToken: 'AccessDenied',
  ExpiredTokenException: 'ExpiredToken',
}

export function startS3(o: S3StandInOptions): Promise<ObjectStoreStandIn> {
  return start(o, (asked, state) => {
    const verdict = judgeSignature(asked, o.keys, Date.now())
    if (!verdict.ok) return s3Fault(403, s3Names[verdict.code] ?? verdict.code, verdict.message)
    const region = o.region ?? 'us-east-1'
    if (verdict.service !== 's3' || verdict.region !== region)
      return s3Fault(400, 'AuthorizationHeaderMalformed', `the region '${verdict.region}' is wrong; expecting '${region}'`)
    const hash = asked.headers['x-amz-content-sha256']
    if (hash !== createHash('sha256').update(asked.bytes).digest('hex')) return s3Fault(400, 'XAmzContentSHA256Mismatch', 'the content is another')
    const virtual = asked.host.startsWith(`${o.bucket}.`)
    const [bucket, ...rest] = asked.url.pathname.slice(1).split('/')
    if (!virtual && bucket !== o.bucket) return s3Fault(404, 'NoSuchBucket', 'The specified bucket does not exist')
    return s3Object(asked, virtual ? asked.url.pathname.slice(1) : rest.join('/'), state, o)
  })
}

function s3Object(asked: Asked, name: string, state: State, o: S3StandInOptions): Reply {
  const query = asked.url.searchParams
  const { method } = asked
  const there = state.objects.get(name)
  const upload = state.uploads.get(query.get('uploadId') ?? '')
  if (name === '') return s3List(query.get('prefix') ?? '', query.get('continuation-token') ?? '', state)
  if (o.plain === true && asked.headers['if-none-match'] !== undefined)
    return s3Fault(501, 'NotImplemented', 'A header you provided implies functionality that is not implemented')
  const kept = asked.headers['if-none-match'] === '*' && there !== undefined
  if (method === 'POST' && query.has('uploads')) {
    const id = `up+load/${state.count}`
    state.uploads.set(id, { name, meta: metaOf(asked, 'x-amz-meta-'), parts: new Map(), keeping: false })
    return xml(`<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`)
  }
  if (query.has('uploadId') && upload === undefined) return s3Fault(404, 'NoSuchUpload', 'The specified upload does not exist')
  if (upload !== undefined && method === 'PUT') {
    upload.parts.set(query.get('partNumber') ?? '', asked.bytes)
    return { status: 200, headers: { etag: `"${createHash('md5').update(asked.bytes).digest('hex')}"` }, body: '' }
  }
  if (upload !== undefined && method === 'DELETE') {
    state.uploads.delete(query.get('uploadId') ?? '')
    return { status: 204, body: '' }
  }
  if (upload !== undefined && method === 'POST') {
    if (kept) return s3Fault(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold')
    const parts = [...asked.body.matchAll(/<PartNumber>(\d+)<\/PartNumber>/g)].map(([, number = '']) => upload.parts.get(number) ?? Buffer.alloc(0))
    if (parts.length !== upload.parts.size) return s3Fault(400, 'InvalidPart', 'One or more of the specified parts could not be found')
    store(state, name, Buffer.concat(parts), upload.meta)
    state.uploads.delete(query.get('uploadId') ?? '')
    return xml('<CompleteMultipartUploadResult></CompleteMultipartUploadResult>')
  }
  if (method === 'PUT') {
    if (kept) return s3Fault(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold')
    return { status: 200, headers: { etag: store(state, name, asked.bytes, metaOf(asked, 'x-amz-meta-')).tag }, body: '' }
  }
  if (there === undefined) return s3Fault(404, 'NoSuchKey', 'The specified key does not exist.')
  const match = asked.headers['if-match']
  if (match !== undefined && match !== there.tag) return s3Fault(412, 'PreconditionFailed', 'it is another')
  return ranged(asked, there, { ...there.meta, etag: there.tag, 'last-modified': new Date(there.saved).toUTCString() })
}

/** Two to a page, so that pages are turned. */
function s3List(prefix: string, token: string, { objects }: State): Reply {
  const names = [...objects.keys()].filter((name) => name.startsWith(prefix) && name > token).toSorted()
  const rows = names.slice(0, 2).map((name) => {
    const { bytes, saved, tag } = objects.get(name) as StoredBody
    return `<Contents><Key>${escaped(name)}</Key><LastModified>${new Date(saved).toISOString()}</LastModified><ETag>${escaped(tag)}</ETag><Size>${bytes.length}</Size></Contents>`
  })
  const more = names.length > 2
  const next = more ? `<NextContinuationToken>${escaped(names[1] ?? '')}</NextContinuationToken>` : ''
  return xml(`<ListBucketResult><IsTruncated>${more}</IsTruncated>${next}${rows.join('')}</ListBucketResult>`)
}

function xml(body: string, status = 200): Reply {
  return { status, headers: { 'content-type': 'application/xml' }, body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}` }
}

function s3Fault(status: number, code: string, message: string): Reply {
  return xml(`<Error><Code>${code}</Code><Message>${escaped(message)}</Message><RequestId>1</RequestId></Error>`, status)
}

// Google

export function startGcs(o: StoreOptions & { readonly token: string; readonly bucket: string }): Promise<ObjectStoreStandIn> {
  return start(o, (asked, state) => {
    if (asked.headers.authorization !== `Bearer ${o.token}`) return gcsFault(401, 'Invalid Credentials')
    const [, upload, bucket, name] = /^(\/upload)?\/storage\/v1\/b\/([^/]+)\/o(?:\/(.+))?$/.exec(asked.url.pathname) ?? []
    if (bucket === undefined) return gcsFault(404, 'Not Found')
    if (bucket !== o.bucket) return gcsFault(404, 'The specified bucket does not exist.')
    if (upload !== undefined) return gcsUpload(asked, state)
    if (name === undefined) return gcsList(asked.url.searchParams, state)
    const there = state.objects.get(decodeURIComponent(name))
    if (there === undefined) return gcsFault(404, `No such object: ${bucket}/${name}`)
    if (asked.url.searchParams.get('alt') !== 'media') return { status: 200, body: gcsItem(decodeURIComponent(name), there) }
    return asked.url.searchParams.get('generation') === generationOf(there) ? ranged(asked, there, {}) : gcsFault(404, 'No such object')
  })
}

function gcsUpload(asked: Asked, state: State): Reply {
  const query = asked.url.searchParams
  if (asked.method === 'POST') {
    const about = JSON.parse(asked.body) as { readonly name: string; readonly md5Hash: string; readonly metadata: Readonly<Record<string, string>> }
    if (about.name !== query.get('name')) return gcsFault(400, 'names differ')
    const keeping = query.get('ifGenerationMatch') === '0'
    if (keeping && state.objects.has(about.name)) return gcsFault(412, 'At least one of the pre-conditions you specified did not hold.')
    const id = `session-${state.count}`
    const total = Number(asked.headers['x-upload-content-length'])
    state.uploads.set(id, { name: about.name, meta: about.metadata, parts: new Map(), keeping, md5: about.md5Hash, total })
    return { status: 200, headers: { location: `https://storage.googleapis.com${asked.url.pathname}?uploadType=resumable&upload_id=${id}` }, body: '' }
  }
  const upload = state.uploads.get(query.get('upload_id') ?? '')
  if (upload === undefined) return gcsFault(404, 'no such session')
  const have = Buffer.concat([...upload.parts.values()])
  const status = { status: 308, headers: have.length === 0 ? {} : { range: `bytes=0-${have.length - 1}` }, body: '' }
  const [, from, , total] = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+)$/.exec(asked.headers['content-range'] ?? '') ?? []
  if (Number(total) !== upload.total) return gcsFault(400, 'the length is another')
  if (from === undefined) return upload.done === true ? { status: 200, body: {} } : status
  if (Number(from) !== have.length) return gcsFault(503, 'a gap')
  upload.parts.set(from, asked.bytes)
  const whole = Buffer.concat([have, asked.bytes])
  if (whole.length < Number(total)) {
    if (asked.bytes.length % (256 * 1024) !== 0) return gcsFault(400, 'pieces are multiples of 256 KiB')
    return { ...status, headers: { range: `bytes=0-${whole.length - 1}` } }
  }
  if (createHash('md5').update(whole).digest('base64') !== upload.md5) return gcsFault(400, 'Provided MD5 hash does not match')
  if (upload.keeping && state.objects.has(upload.name)) return gcsFault(412, 'At least one of the pre-conditions you specified did not hold.')
  upload.done = true
  return { status: 200, body: gcsItem(upload.name, store(state, upload.name, whole, upload.meta)) }
}

function gcsList(query: URLSearchParams, { objects }: State): Reply {
  const after = query.get('pageToken') ?? ''
  const names = [...objects.keys()].filter((name) => name.startsWith(query.get('prefix') ?? '') && name > after).toSorted()
  const items = names.slice(0, 2).map((name) => gcsItem(name, objects.get(name) as StoredBody))
  return { status: 200, body: { ...(items.length > 0 && { items }), ...(names.length > 2 && { nextPageToken: names[1] }) } }
}

function gcsItem(name: string, body: StoredBody): object {
  return { name, size: String(body.bytes.length), updated: new Date(body.saved).toISOString(), generation: generationOf(body), metadata: body.meta }
}

function generationOf({ saved, tag }: StoredBody): string {
  return `${saved}${Number.parseInt(tag.slice(1, 7), 16)}`
}

function gcsFault(code: number, message: string): Reply {
  return { status: code, body: { error: { code, message, errors: [{ message }] } } }
}

// Azure

export interface BlobOptions extends StoreOptions {
  readonly account: string
  readonly container: string
  /** Whether a token is one that was given out. */
  readonly knows: (token: string) => boolean
}

export function startBlobs(o: BlobOptions): Promise<ObjectStoreStandIn> {
  return start(o, (asked, state) => {
    if (!/^\d{4}-\d\d-\d\d$/.test(String(asked.headers['x-ms-version'])) || asked.headers['x-ms-date'] === undefined)
      return blobFault(asked, 400, 'MissingRequiredHeader')
    if (!o.knows((asked.headers.authorization ?? '').replace(/^Bearer /, ''))) return blobFault(asked, 401, 'InvalidAuthenticationInfo')
    if (asked.host !== `${o.account}.blob.core.windows.net`) return blobFault(asked, 400, 'InvalidUri')
    const [container, ...rest] = asked.url.pathname.slice(1).split('/')
    if (container !== o.container) return blobFault(asked, 404, 'ContainerNotFound')
    return blob(asked, rest.join('/'), state)
  })
}

function blob(asked: Asked, name: string, state: State): Reply {
  const query = asked.url.searchParams
  const there = state.objects.get(name)
  const md5 = asked.headers['content-md5']
  if (md5 !== undefined && md5 !== createHash('md5').update(asked.bytes).digest('base64')) return blobFault(asked, 400, 'Md5Mismatch')
  if (name === '') return blobList(query, state)
  const loose = state.uploads.get(name)
  if (asked.method === 'PUT' && query.get('comp') === 'block') {
    const upload = loose ?? { name, meta: {}, parts: new Map<string, Buffer>(), keeping: false }
    upload.parts.set(query.get('blockid') ?? '', asked.bytes)
    state.uploads.set(name, upload)
    return { status: 201, body: '' }
  }
  if (asked.method === 'PUT') {
    if (asked.headers['if-none-match'] === '*' && there !== undefined) return blobFault(asked, 409, 'BlobAlreadyExists')
    if (query.get('comp') !== 'blocklist' && asked.headers['x-ms-blob-type'] !== 'BlockBlob') return blobFault(asked, 400, 'MissingRequiredHeader')
    const blocks = [...asked.body.matchAll(/<Latest>([^<]+)<\/Latest>/g)].map(([, id = '']) => loose?.parts.get(id))
    if (query.get('comp') === 'blocklist' && blocks.includes(undefined)) return blobFault(asked, 400, 'InvalidBlockList')
    const bytes = query.get('comp') === 'blocklist' ? Buffer.concat(blocks as Buffer[]) : asked.bytes
    state.uploads.delete(name)
    return { status: 201, headers: { etag: store(state, name, bytes, metaOf(asked, 'x-ms-meta-')).tag }, body: '' }
  }
  if (there === undefined) return blobFault(asked, 404, 'BlobNotFound')
  const match = asked.headers['if-match']
  if (match !== undefined && match !== there.tag) return blobFault(asked, 412, 'ConditionNotMet')
  const headers = { ...there.meta, etag: there.tag, 'last-modified': new Date(there.saved).toUTCString() }
  if (asked.method === 'HEAD') return { status: 200, headers: { ...headers, 'content-length': String(there.bytes.length) }, body: '' }
  return ranged(asked, there, headers)
}

function blobList(query: URLSearchParams, { objects }: State): Reply {
  const after = query.get('marker') ?? ''
  const names = [...objects.keys()].filter((name) => name.startsWith(query.get('prefix') ?? '') && name > after).toSorted()
  const rows = names.slice(0, 2).map((name) => {
    const { bytes, saved, tag } = objects.get(name) as StoredBody
    return `<Blob><Name>${escaped(name)}</Name><Properties><Last-Modified>${new Date(saved).toUTCString()}</Last-Modified><Etag>${escaped(tag)}</Etag><Content-Length>${bytes.length}</Content-Length></Properties></Blob>`
  })
  const next = names.length > 2 ? `<NextMarker>${escaped(names[1] ?? '')}</NextMarker>` : '<NextMarker />'
  return xml(`<EnumerationResults><Blobs>${rows.join('')}</Blobs>${next}</EnumerationResults>`)
}

function blobFault(asked: Asked, status: number, code: string): Reply {
  const head = { 'x-ms-error-code': code }
  if (asked.method === 'HEAD') return { status, headers: head, body: '' }
  const fault = xml(`<Error><Code>${code}</Code><Message>It says ${code}.\nRequestId:1</Message></Error>`, status)
  return { ...fault, headers: { ...fault.headers, ...head } }
}
