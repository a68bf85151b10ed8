/**
 * Where steps keep files between runs. What is saved under a key is one body of bytes, found again as a whole or not at all: a save that was cut,
 * aborted or whose content failed leaves what was there before, in every store and at every moment. Saves of one key at the same time are safe:
 * one of them is what is found, from its first byte to its last. What was fetched stays readable, also when the key is saved again meanwhile.
 */
import type { Readable } from 'node:stream'
import type { Instant } from '../base/clock.ts'

export type CachePlace =
  /** Below the data folder of this machine. */
  | { readonly kind: 'here' }
  | {
      readonly kind: 's3'
      readonly connector: string
      readonly bucket: string
      readonly region?: string
      readonly endpoint?: string
      readonly pathStyle: boolean
      readonly acl?: string
    }
  | { readonly kind: 'gcs'; readonly connector: string; readonly bucket: string }
  | { readonly kind: 'azure'; readonly connector: string; readonly account: string; readonly container: string }

export interface SavedFiles {
  readonly key: string
  readonly bytes: number
  readonly savedMs: Instant
  /** The store's own name of exactly this body. */
  readonly version: string
}

export interface FetchedFiles {
  readonly bytes: number
  /** Whole, checked, and on this machine. */
  open(): Readable
  /** Frees what fetching took. */
  close(): Promise<void>
}

export interface Transfer {
  readonly signal: AbortSignal
  /** Told how many bytes have gone over so far, and how many there are, once that is known. */
  readonly progress?: (done: number, total?: number) => void
}

export interface StepCache {
  /** For people: `s3://acme-cache`. */
  readonly name: string
  /** `exact`: what was saved under the key; `prefix`: under every key that begins with it. Oldest first. */
  find(key: string, o: { readonly match: 'exact' | 'prefix'; readonly signal: AbortSignal }): Promise<readonly SavedFiles[]>
  fetch(saved: SavedFiles, o: Transfer): Promise<FetchedFiles>
  /** Without `override` what is there stays, and `content` is not asked for when that is known beforehand. */
  save(key: string, content: () => Readable, o: Transfer & { readonly override: boolean }): Promise<SaveResult>
}

export interface SaveResult {
  readonly kind: 'saved' | 'kept'
  /** Of what is in the store now. */
  readonly bytes: number
}

/** Answers the store behind a place. */
export type OpenStepCache = (place: CachePlace) => StepCache
