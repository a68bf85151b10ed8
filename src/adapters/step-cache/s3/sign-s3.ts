/** Requests to S3 with the signature that it wants: by AWS' own signer. Loaded when a step needs it. */
import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto'
import { SignatureV4 } from '@smithy/signature-v4'
import type { AwsKeys } from '../../registry-auth/ecr/aws-way.ts'
import { bodyHashHeader } from './body-hash.ts'

export interface S3Signing {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  /** Hexadecimal SHA-256 of the body. */
  readonly bodyHash: string
  readonly region: string
  readonly keys: AwsKeys
  readonly nowMs: number
}

export async function signS3({ method, url, headers, bodyHash, region, keys, nowMs }: S3Signing): Promise<Readonly<Record<string, string>>> {
  const signer = new SignatureV4({ service: 's3', region, credentials: keys, sha256: Sha256, uriEscapePath: false, applyChecksum: false })
  const query = Object.fromEntries(url.searchParams)
  const signed = await signer.sign(
    {
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query,
      headers: { ...headers, host: url.host, [bodyHashHeader]: bodyHash },
    },
    { signingDate: new Date(nowMs) },
  )
  return signed.headers
}

/** The signer makes its hashes with `new`. */
class Sha256 {
  private readonly hash: Hash | Hmac

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret))
  }

  update(chunk: string | ArrayBuffer | ArrayBufferView): void {
    this.hash.update(bytesOf(chunk))
  }

  async digest(): Promise<Uint8Array> {
    return this.hash.digest()
  }

  reset(): void {
    throw new Error('a hash is used once')
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Buffer {
  if (typeof data === 'string') return Buffer.from(data)
  return ArrayBuffer.isView(data) ? Buffer.from(data.buffer, data.byteOffset, data.byteLength) : Buffer.from(data)
}
