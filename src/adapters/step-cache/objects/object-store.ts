/** What object stores have in common: named objects, written whole, found by name or by the beginning of it. */
import type { HttpResponse } from '../../../registry/http.ts'
import type { Waiting } from '../../registry-auth/cloud/cloud-world.ts'
import type { Spooled } from './spool.ts'

export interface StoredObject {
  readonly name: string
  readonly bytes: number
  readonly savedMs: number
  /** Of exactly this body. */
  readonly version: string
  /** As it was told when it was written; lists leave it out. */
  readonly sha256?: string
}

export interface PutOptions extends Waiting {
  /** Without it what is there stays, also when it came there a moment ago. */
  readonly override: boolean
  readonly progress: (done: number) => void
}

export interface ObjectStore {
  /** For people: `s3://acme-cache`. */
  readonly name: string
  /** Undefined when there is no such object. */
  look(name: string, w: Waiting): Promise<StoredObject | undefined>
  list(prefix: string, w: Waiting): Promise<readonly StoredObject[]>
  /** The object's bytes from there on; fails when it is not this version any more. */
  get(object: StoredObject, from: number, w: Waiting): Promise<HttpResponse>
  put(name: string, body: Spooled, o: PutOptions): Promise<'saved' | 'kept'>
}
