/** Objects in a bucket of S3, or of a store that speaks the same: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html */

import type { CloudWorld, Waiting } from '../../registry-auth/cloud/cloud-world.ts'
import type { AwsAccess } from '../../registry-auth/ecr/aws-access.ts'
import type { ObjectStore, StoredObject } from '../objects/object-store.ts'
import { usualPartBytes } from '../objects/parts.ts'
import { askStore, askText, type StoreAccess, type StoreAsk } from '../objects/store-http.ts'
import { elements, elementText } from '../objects/xml-text.ts'
import { bodyHashHeader, emptyHash } from './body-hash.ts'
import { type S3Where, s3Address } from './s3-address.ts'
import { putObject } from './s3-put.ts'

export interface S3Options extends S3Where {
  readonly access: () => AwsAccess
  readonly world: CloudWorld
  readonly acl?: string
  readonly partBytes?: number
}

/** One bucket, with what the parts of its adapter share. */
export interface S3Bucket {
  readonly access: StoreAccess
  readonly partBytes: number
  readonly acl: string | undefined
  url(name: string, query?: Readonly<Record<string, string>>): URL
}

export function s3Store(o: S3Options): ObjectStore {
  const bucket = s3Bucket(o)
  return {
    name: bucket.access.store,
    look: (name, w) => look(name, bucket, w),
    list: (prefix, w) => list(prefix, bucket, w),
    get: ({ name, version }, from, w) =>
      askStore(
        { method: 'GET', url: bucket.url(name), headers: { range: `bytes=${from}-`, 'if-match': version }, what: 'to give what is saved', ok: [200, 206] },
        bucket.access,
        w,
      ),
    put: (name, body, w) => putObject(name, body, bucket, w),
  }
}

function s3Bucket(o: S3Options): S3Bucket {
  const endpoint = o.endpoint ?? (o.world.env['AWS_ENDPOINT_URL_S3'] || o.world.env['AWS_ENDPOINT_URL'] || undefined)
  const address = s3Address({ ...o, ...(endpoint !== undefined && { endpoint }) })
  const { way } = o.access()
  const access: StoreAccess = {
    store: `s3://${o.bucket}`,
    from: `${way.from} (${way.story})`,
    ...(way.at !== undefined && { at: way.at }),
    world: o.world,
    async authorize({ method, url, headers = {} }: StoreAsk, w) {
      const { signS3 } = await import('./sign-s3.ts')
      const keys = await o.access().keys(o.region, w)
      const { [bodyHashHeader]: bodyHash = emptyHash, ...rest } = headers
      return signS3({ method, url, headers: rest, bodyHash, region: address.region, keys, nowMs: o.world.clock.now() })
    },
  }
  return {
    access,
    partBytes: o.partBytes ?? usualPartBytes,
    acl: o.acl,
    url(name, query = {}) {
      const url = new URL(name, address.base)
      // As signatures have it: what URLSearchParams writes as "+" is "%20" there.
      url.search = Object.entries(query)
        .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`)
        .join('&')
      return url
    },
  }
}

/** One byte of it instead of its headers alone: an answer to HEAD cannot say why not. */
async function look(name: string, bucket: S3Bucket, w: Waiting): Promise<StoredObject | undefined> {
  const ask: StoreAsk = { method: 'GET', url: bucket.url(name), headers: { range: 'bytes=0-0' }, what: 'to look for what is saved', ok: [200, 206, 404] }
  const response = await askStore(ask, bucket.access, w)
  if (response.status === 404) {
    await missing(ask, response.body, bucket, w)
    return undefined
  }
  response.body.destroy()
  const bytes = Number(/\/(\d+)$/.exec(response.header('content-range') ?? '')?.[1] ?? response.header('content-length'))
  const sha256 = response.header('x-amz-meta-sha256')
  return {
    name,
    bytes,
    savedMs: Date.parse(response.header('last-modified') ?? ''),
    version: response.header('etag') ?? '',
    ...(sha256 !== undefined && { sha256 }),
  }
}

/** A bucket that is not there is no missing key. */
async function missing(ask: StoreAsk, body: AsyncIterable<unknown>, { access }: S3Bucket, w: Waiting): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of body) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString('utf8')
  if (elementText(text, 'Code') !== 'NoSuchBucket') return
  await askStore({ ...ask, ok: [] }, access, w)
}

async function list(prefix: string, bucket: S3Bucket, w: Waiting): Promise<readonly StoredObject[]> {
  const found: StoredObject[] = []
  let token: string | undefined
  do {
    const query = { 'list-type': '2', prefix, ...(token !== undefined && { 'continuation-token': token }) }
    const { text } = await askText({ method: 'GET', url: bucket.url('', query), what: 'to list what is saved', ok: [200] }, bucket.access, w)
    for (const one of elements(text, 'Contents')) {
      found.push({
        name: elementText(one, 'Key') ?? '',
        bytes: Number(elementText(one, 'Size')),
        savedMs: Date.parse(elementText(one, 'LastModified') ?? ''),
        version: elementText(one, 'ETag') ?? '',
      })
    }
    token = elementText(text, 'IsTruncated') === 'true' ? elementText(text, 'NextContinuationToken') : undefined
  } while (token !== undefined)
  return found
}
