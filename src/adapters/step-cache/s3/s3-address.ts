/** URLs of buckets: AWS by region, or an endpoint that speaks the same; with the bucket in the host, or in the path. */
import { problem } from '../../../base/problem.ts'

export interface S3Address {
  /** Ends with a slash; objects are right below. */
  readonly base: URL
  readonly region: string
  /** It is AWS itself, which says where a bucket really is. */
  readonly aws: boolean
}

export interface S3Where {
  readonly bucket: string
  readonly region: string
  readonly endpoint?: string
  readonly pathStyle: boolean
}

export function s3Address({ bucket, region, endpoint, pathStyle }: S3Where): S3Address {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/.test(bucket)) throw refused(bucket, 'that is no name of a bucket')
  const text = endpoint ?? `https://s3.${region}.${region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'}`
  const full = /^[a-z]+:\/\//i.test(text) ? text : `https://${text}`
  const url = URL.canParse(full) ? new URL(full) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.hostname === '') throw refused(bucket, `"${text}" is no URL of an endpoint`)
  const folder = url.pathname.replace(/\/*$/, '/')
  // No certificate covers a bucket with dots, nor an address with a bucket before it.
  const inPath = pathStyle || (bucket.includes('.') && url.protocol === 'https:') || /^[\d.]+$|^\[/.test(url.hostname)
  const base = inPath ? new URL(`${folder}${bucket}/`, url) : new URL(`${url.protocol}//${bucket}.${url.host}${folder}`)
  return { base, region, aws: endpoint === undefined }
}

function refused(bucket: string, reason: string) {
  return problem('STEP_CACHE_STORE_REFUSED', { store: `s3://${bucket}`, what: 'to be reached', from: 'the step', reason })
}
