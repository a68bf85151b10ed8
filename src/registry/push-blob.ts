/** One blob into one repository: looked for, mounted or uploaded. */
import { Transform } from 'node:stream'
import type { Digest } from '../oci/digest.ts'
import { join } from '../oci/join.ts'
import type { BlobPart } from '../oci/walk.ts'
import { hasBlob, putBlob } from './blobs.ts'
import type { Repository, Waiting } from './client.ts'

export type BlobState = 'checking' | 'present' | 'mounted' | 'uploading' | 'uploaded'

/** One blob's progress. `bytes` starts again from 0 when an upload is tried again. While a blob is made, it goes by its plain digest, and `total` is 0. */
export interface PushEvent {
  readonly kind: 'blob'
  readonly registry: string
  readonly digest: Digest
  readonly state: BlobState
  readonly bytes: number
  readonly total: number
}

export type SentState = 'present' | 'mounted' | 'uploaded'

export interface BlobOptions extends Waiting {
  /** Repositories of the same registry that may hold the blob already. */
  readonly mountFrom: readonly string[]
  readonly onEvent?: (event: PushEvent) => void
}

export async function pushBlob(repository: Repository, blob: BlobPart, o: BlobOptions): Promise<SentState> {
  const { digest, size } = blob.descriptor
  const tell = (state: BlobState, bytes: number) => o.onEvent?.({ kind: 'blob', registry: repository.registry, digest, state, bytes, total: size })
  tell('checking', 0)
  if (await hasBlob(repository, digest, o)) {
    tell('present', size)
    return 'present'
  }
  const body = { size, open: async (w: Waiting) => join(await blob.open(w), [counter((bytes) => tell('uploading', bytes))], w) }
  const from = blob.origin?.registry === repository.registry && blob.origin.repository !== repository.repository ? blob.origin.repository : o.mountFrom[0]
  const state = await putBlob(repository, blob.descriptor, body, { signal: o.signal, ...(from !== undefined && { mountFrom: from }) })
  tell(state, size)
  return state
}

function counter(tell: (bytes: number) => void): Transform {
  let bytes = 0
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      tell(bytes)
      done(null, chunk)
    },
  })
}
