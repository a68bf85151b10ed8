/** Uploads in PATCH requests, for registries (or proxies before them) that do not take a blob in one piece. */
import type { Readable } from 'node:stream'
import type { Digest } from '../oci/digest.ts'
import type { Repository, Waiting } from './client.ts'
import { discard } from './discard.ts'
import { httpFailure } from './failure.ts'
import type { HttpBody } from './http.ts'
import type { Answer } from './transport.ts'

/** How a registry takes blobs, as far as it was found out. Undefined: in one piece. */
export interface UploadManners {
  chunkBytes: number | undefined
  /** False: not while their length is not known. */
  unnamed?: boolean
}

const MiB = 1024 * 1024

/** 8 MiB first, 1 MiB where even that is too much; undefined when pieces are not the matter. */
export function smallerChunks(error: unknown, { chunkBytes }: UploadManners): number | undefined {
  const failure = httpFailure(error)
  if (failure === undefined) return undefined
  const refused = [405, 411, 413, 415, 501].includes(failure.status) || failure.faults.some((fault) => fault.code === 'UNSUPPORTED')
  if (chunkBytes === undefined) return refused ? 8 * MiB : undefined
  return failure.status === 413 && chunkBytes > MiB ? MiB : undefined
}

export interface Started {
  readonly location: URL
  /** OCI-Chunk-Min-Length: only the last chunk may be shorter. */
  readonly leastChunk: number
}

export interface ChunkedOptions extends Waiting {
  readonly chunkBytes: number
  readonly what: string
  readonly locationOf: (answer: Answer) => URL
}

/** Chunks go one after the other, as the specification wants it; the last request names the digest. */
export async function uploadInChunks(
  repository: Repository,
  started: Started,
  blob: { readonly digest: Digest; readonly body: HttpBody },
  o: ChunkedOptions,
): Promise<void> {
  let { location } = started
  let position = 0
  const body = await blob.body.open(o)
  try {
    for await (const chunk of piecesOf(body, Math.max(o.chunkBytes, started.leastChunk))) {
      const headers = { 'content-type': 'application/octet-stream', 'content-range': `${position}-${position + chunk.length - 1}` }
      const answer = await repository.ask({ method: 'PATCH', at: location, headers, body: chunk, accept: [201, 202, 204], what: o.what }, o)
      await discard(answer.body)
      position += chunk.length
      location = o.locationOf(answer)
    }
  } finally {
    body.destroy()
  }
  const at = new URL(location)
  at.searchParams.set('digest', blob.digest)
  const answer = await repository.ask({ method: 'PUT', at, accept: [200, 201, 202, 204], what: o.what }, o)
  await discard(answer.body)
}

async function* piecesOf(body: Readable, bytes: number): AsyncGenerator<Buffer> {
  let held: Buffer[] = []
  let size = 0
  for await (const part of body) {
    let rest = part as Buffer
    while (size + rest.length >= bytes) {
      yield Buffer.concat([...held, rest.subarray(0, bytes - size)])
      rest = rest.subarray(bytes - size)
      held = []
      size = 0
    }
    if (rest.length > 0) held.push(rest)
    size += rest.length
  }
  if (size > 0) yield Buffer.concat(held)
}
