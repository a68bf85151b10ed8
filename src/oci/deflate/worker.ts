/** A thread that compresses and hashes pieces, one order after another. */
import { createHash, type Hash } from 'node:crypto'
import { parentPort, workerData } from 'node:worker_threads'
import { type DeflateModule, deflater } from './deflater.ts'
import { pieceKey } from './hands.ts'
import type { Answer, Answers, Order } from './orders.ts'
import { packInPlace, packPiece } from './pack-piece.ts'

interface Done {
  readonly value: Answers[Order['kind']]
  /** Goes to whoever asked, without a copy. */
  readonly moved?: ArrayBuffer
}

type Acts = { readonly [K in Order['kind']]: (order: Extract<Order, { kind: K }>) => Done }

const deflate = deflater(workerData as DeflateModule)
const hashes = new Map<number, Hash>()

const acts: Acts = {
  pack({ piece, before, key, into }) {
    const named = key ? { key: pieceKey(piece, before) } : {}
    if (into === undefined) {
      const { buffer } = packPiece(deflate, piece, before)
      return { value: { bytes: buffer, size: buffer.byteLength, ...named }, moved: buffer }
    }
    const packed = packInPlace(deflate, piece, before)
    into.set(packed)
    return { value: { size: packed.length, ...named } }
  },
  key: ({ piece, before }) => ({ value: pieceKey(piece, before) }),
  hash({ stream, piece }) {
    hashes.set(stream, (hashes.get(stream) ?? createHash('sha256')).update(piece))
    return { value: undefined }
  },
  digest({ stream }) {
    const sum = hashes.get(stream) ?? createHash('sha256')
    hashes.delete(stream)
    return { value: sum.digest('hex') }
  },
}

parentPort?.on('message', (order: Order) => {
  try {
    const { value, moved } = (acts[order.kind] as (order: Order) => Done)(order)
    tell({ ok: true, value }, moved === undefined ? [] : [moved])
  } catch (error) {
    tell({ ok: false, message: error instanceof Error ? error.message : String(error) })
  }
})

function tell(answer: Answer, moved: readonly ArrayBuffer[] = []): void {
  parentPort?.postMessage(answer, moved)
}
