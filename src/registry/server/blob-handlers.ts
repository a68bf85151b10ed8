/** /v2/<name>/blobs/<digest>: read (also in part) and delete. */
import { isDigest } from '../../oci/digest.ts'
import type { Call, Handler } from './context.ts'
import { fault, type Reply } from './reply.ts'

export const blobs: Handler = async (call, repository, text) => {
  if (!isDigest(text)) return fault('DIGEST_INVALID', `"${text}" is not a digest`)
  const { store, files } = call.registry
  const size = (await files.hasBlob(repository, text)) ? await store.size(text) : undefined
  if (size === undefined) return fault('BLOB_UNKNOWN', `${repository} has no blob ${text}`)
  // A push that is told so will not send it: it must not go away meanwhile. Where nothing can be written nothing is collected either.
  if (call.method === 'HEAD') await store.reuse(text).catch(() => false)
  if (call.method === 'DELETE') {
    await files.unlinkBlob(repository, text)
    return { status: 202 }
  }
  if (call.method !== 'GET' && call.method !== 'HEAD')
    return fault('UNSUPPORTED', `${call.method} is not possible here`, { headers: { allow: 'GET, HEAD, DELETE' } })
  const range = call.method === 'GET' && stillTrue(call, text) ? rangeOf(call, size) : undefined
  if (range === 'impossible') return fault('SIZE_INVALID', 'the range starts after the end', { status: 416, headers: { 'content-range': `bytes */${size}` } })
  const [start, end] = range ?? [0, size - 1]
  const headers = {
    'content-type': 'application/octet-stream',
    'content-length': end - start + 1,
    'docker-content-digest': text,
    etag: `"${text}"`,
    'accept-ranges': 'bytes',
    'cache-control': 'max-age=31536000, immutable',
  }
  if (range === undefined && call.header('if-none-match')?.includes(text)) return { status: 304, headers: { etag: headers.etag } }
  const part: Reply =
    range === undefined ? { status: 200, headers } : { status: 206, headers: { ...headers, 'content-range': `bytes ${start}-${end}/${size}` } }
  return call.method === 'HEAD' || size === 0 ? part : { ...part, body: await store.open(text, { signal: call.signal, start, end }) }
}

/** If-Range: a part is wanted only of the content that the client knows; a digest never names another. */
function stillTrue(call: Call, digest: string): boolean {
  const known = call.header('if-range')
  return known === undefined || known === `"${digest}"`
}

/** One range of bytes; lists of ranges and other units are answered with the whole. */
function rangeOf(call: Call, size: number): readonly [number, number] | 'impossible' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(call.header('range') ?? '')
  const [, first = '', last = ''] = match ?? []
  if (match === null || (first === '' && last === '')) return undefined
  if (first === '') return size === 0 || Number(last) === 0 ? 'impossible' : [Math.max(0, size - Number(last)), size - 1]
  if (Number(first) >= size) return 'impossible'
  if (last !== '' && Number(last) < Number(first)) return undefined
  return [Number(first), last === '' ? size - 1 : Math.min(size - 1, Number(last))]
}
