/** Messages and bytes over one stream: four bytes of length, one that says which of both it is, then the body. */
import type { Readable } from 'node:stream'

export type Frame = { readonly kind: 'message'; readonly json: unknown } | { readonly kind: 'bytes'; readonly bytes: Buffer }

const headSize = 5
const kinds = { message: 0, bytes: 1 } as const

export function messageFrame(json: unknown): Buffer {
  return frame(kinds.message, Buffer.from(JSON.stringify(json)))
}

export function bytesFrame(bytes: Buffer): Buffer {
  return frame(kinds.bytes, bytes)
}

function frame(kind: number, body: Buffer): Buffer {
  const head = Buffer.alloc(headSize)
  head.writeUInt32BE(body.length)
  head[headSize - 1] = kind
  return Buffer.concat([head, body])
}

/** Half a frame at the end is none. */
export async function* readFrames(from: Readable): AsyncGenerator<Frame> {
  let waiting: Buffer[] = []
  let have = 0
  let need = headSize
  for await (const chunk of from) {
    waiting.push(chunk as Buffer)
    have += (chunk as Buffer).length
    if (have < need) continue
    let all = Buffer.concat(waiting)
    for (;;) {
      need = all.length < headSize ? headSize : headSize + all.readUInt32BE()
      if (all.length < need) break
      const body = all.subarray(headSize, need)
      yield all[headSize - 1] === kinds.bytes ? { kind: 'bytes', bytes: body } : { kind: 'message', json: JSON.parse(body.toString('utf8')) }
      all = all.subarray(need)
    }
    waiting = [all]
    have = all.length
  }
}
