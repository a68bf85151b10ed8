/** What a thread that compresses and hashes is told, and what it answers. */
import type { Piece } from '../pieces.ts'

export type Order =
  | { readonly kind: 'pack'; readonly piece: Piece; readonly before: Uint8Array | undefined; readonly key: boolean; readonly into: Piece | undefined }
  | { readonly kind: 'key'; readonly piece: Piece; readonly before: Uint8Array | undefined }
  | { readonly kind: 'hash'; readonly stream: number; readonly piece: Piece }
  /** Ends the stream of `hash` orders with this number. */
  | { readonly kind: 'digest'; readonly stream: number }

export interface Answers {
  /** Without `bytes`, so many are in the order's `into`. */
  readonly pack: { readonly bytes?: ArrayBuffer; readonly size: number; readonly key?: string }
  readonly key: string
  readonly hash: undefined
  readonly digest: string
}

/** Answers come in the order of what was told. */
export type Answer = { readonly ok: true; readonly value: Answers[Order['kind']] } | { readonly ok: false; readonly message: string }
