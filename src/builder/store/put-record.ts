/** Records of blobs that a build has put into the store, whatever became of the build: so that no layer is unknown to the limits of the cache. */
import { type Digest, isDigest } from '../../oci/digest.ts'

export interface PutBlob {
  readonly digest: Digest
  readonly size: number
}

const prefix = 'put-'

export function putRecordName(digest: Digest): string {
  return `${prefix}${digest.replace(':', '-')}`
}

export function isPutRecord(name: string): boolean {
  return name.startsWith(prefix)
}

export function putRecordText({ digest, size }: PutBlob): string {
  return JSON.stringify({ digest, size })
}

/** Undefined: it is not what we write. */
export function parsePutRecord(text: string): PutBlob | undefined {
  try {
    const { digest, size } = JSON.parse(text) as { readonly digest?: unknown; readonly size?: unknown }
    return typeof digest === 'string' && isDigest(digest) && typeof size === 'number' ? { digest, size } : undefined
  } catch {
    return undefined
  }
}
