/** Values sealed with AES-256-GCM. The name goes in as associated data, so a sealed value cannot be moved to another name. */
import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto'

export interface Sealed {
  readonly nonce: Uint8Array
  /** The value, then 16 bytes of proof. */
  readonly bytes: Uint8Array
}

export const keyLength = 32
const nonceLength = 12
const proofLength = 16

export function seal(key: Uint8Array, name: string, value: string): Sealed {
  const nonce = randomBytes(nonceLength)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: proofLength })
  cipher.setAAD(Buffer.from(name))
  const body = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()])
  return { nonce, bytes: Buffer.concat([body, cipher.getAuthTag()]) }
}

/** Undefined: another key, another name, or somebody has changed it. */
export function unseal(key: Uint8Array, name: string, { nonce, bytes }: Sealed): string | undefined {
  if (nonce.length !== nonceLength || bytes.length < proofLength) return undefined
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: proofLength })
    decipher.setAAD(Buffer.from(name))
    decipher.setAuthTag(bytes.subarray(bytes.length - proofLength))
    return Buffer.concat([decipher.update(bytes.subarray(0, bytes.length - proofLength)), decipher.final()]).toString('utf8')
  } catch {
    return undefined
  }
}

export function newKey(): Buffer {
  return randomBytes(keyLength)
}

export function newSalt(): Buffer {
  return randomBytes(16)
}

/** About 100 ms and 128 MB for each guess. */
export function keyOfPassphrase(passphrase: string, salt: Uint8Array): Buffer {
  return scryptSync(passphrase.normalize('NFKC'), salt, keyLength, { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 1024 * 1024 })
}
