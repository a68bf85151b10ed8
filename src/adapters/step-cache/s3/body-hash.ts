/** The sum of a request's body, which S3 wants under a name of its own and in the signature. */
import { createHash } from 'node:crypto'

/** It travels among the headers of a request until it is signed. */
export const bodyHashHeader = 'x-amz-content-sha256'
export const emptyHash: string = bodyHash('')

/** Hexadecimal. */
export function bodyHash(body: string | Uint8Array): string {
  return createHash('sha256').update(body).digest('hex')
}
