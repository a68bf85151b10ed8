/** Who compresses and hashes pieces: this thread, or others. What comes out is the same. */
import { createHash, type Hash, hash } from 'node:crypto'
import type { Piece } from '../pieces.ts'
import { type Deflater, deflateModule, deflater } from './deflater.ts'
import { packPiece } from './pack-piece.ts'

export interface Packed {
  readonly bytes: Buffer
  /** Names the piece and what was before it, when it was asked for. */
  readonly key?: string
}

export interface PackOptions {
  readonly key: boolean
  /** Room of `packedSize` for what comes out, which may lie elsewhere all the same. */
  readonly into?: Piece
}

export interface Hands {
  pack(piece: Piece, before: Uint8Array | undefined, o: PackOptions): Promise<Packed>
  key(piece: Piece, before: Uint8Array | undefined): Promise<string>
  /** SHA-256 of pieces in the order in which they are given. */
  hasher(): PieceHasher
}

export interface PieceHasher {
  /** Until it resolves, the piece is looked at. */
  update(piece: Piece): Promise<void>
  /** Hex. The hasher is gone afterwards. */
  digest(): Promise<string>
}

/** What a piece becomes hangs on its bytes and the window before it, so those name it. */
export function pieceKey(piece: Uint8Array, before: Uint8Array | undefined): string {
  return `${hash('sha256', piece, 'base64')} ${before === undefined ? '' : hash('sha256', before, 'base64')}`
}

let own: Deflater | undefined

/** For little: starting threads takes longer than a few pieces. */
export const thisThread: Hands = {
  async pack(piece, before, { key }) {
    own ??= deflater(deflateModule())
    const bytes = packPiece(own, piece, before)
    return key ? { bytes, key: pieceKey(piece, before) } : { bytes }
  },
  key: async (piece, before) => pieceKey(piece, before),
  hasher() {
    const sum: Hash = createHash('sha256')
    return { update: async (piece) => void sum.update(piece), digest: async () => sum.digest('hex') }
  },
}
