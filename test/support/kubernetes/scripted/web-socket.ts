/** The server's end of a web socket, as far as commands in pods need it. */
import { createHash } from 'node:crypto'
import type { Duplex } from 'node:stream'

export interface ServerSocket {
  onMessage: (bytes: Buffer) => void
  onClose: () => void
  send(bytes: Buffer): void
  close(): void
  /** As a cable that is pulled. */
  cut(): void
}

const magic = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

export function acceptSocket(stream: Duplex, key: string, protocol: string): ServerSocket {
  const accept = createHash('sha1')
    .update(key + magic)
    .digest('base64')
  stream.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: ${protocol}\r\n\r\n`,
  )
  const socket: ServerSocket = {
    onMessage: () => undefined,
    onClose: () => undefined,
    send: (bytes) => void stream.write(frame(2, bytes)),
    close: () => void stream.end(frame(8, Buffer.of(0x03, 0xe8))),
    cut: () => void stream.destroy(),
  }
  const read = frameReader(({ code, body }) => {
    if (code === 8) stream.end(frame(8, Buffer.alloc(0)))
    else if (code < 8) socket.onMessage(body)
  })
  stream.on('data', read)
  stream.on('error', () => undefined)
  stream.on('close', () => socket.onClose())
  return socket
}

function frame(code: number, body: Buffer): Buffer {
  const length = body.length < 126 ? Buffer.of(body.length) : body.length < 65_536 ? Buffer.of(126, body.length >> 8, body.length & 255) : long(body.length)
  return Buffer.concat([Buffer.of(0x80 | code), length, body])
}

function long(length: number): Buffer {
  const bytes = Buffer.alloc(9)
  bytes[0] = 127
  bytes.writeBigUInt64BE(BigInt(length), 1)
  return bytes
}

export interface WebSocketFrame {
  /** 2: bytes, 8: the end. */
  readonly code: number
  readonly body: Buffer
}

/** Takes chunks as they come. */
export function frameReader(tell: (frame: WebSocketFrame) => void): (chunk: Buffer) => void {
  let rest = Buffer.alloc(0)
  return (chunk) => {
    rest = Buffer.concat([rest, chunk])
    for (let read = parse(rest); read !== undefined; read = parse(rest)) {
      rest = Buffer.from(rest.subarray(read.length))
      tell(read)
    }
  }
}

/** What clients say is masked, what servers say is not. */
function parse(bytes: Buffer): (WebSocketFrame & { readonly length: number }) | undefined {
  if (bytes.length < 2) return undefined
  const masked = ((bytes[1] ?? 0) & 128) !== 0
  const short = (bytes[1] ?? 0) & 127
  const at = short === 126 ? 4 : short === 127 ? 10 : 2
  const begins = at + (masked ? 4 : 0)
  if (bytes.length < begins) return undefined
  const size = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short
  if (bytes.length < begins + size) return undefined
  const mask = bytes.subarray(at, begins)
  const body = Buffer.from(bytes.subarray(begins, begins + size))
  if (masked) for (let i = 0; i < body.length; i++) body[i] = (body[i] ?? 0) ^ (mask[i % 4] ?? 0)
  return { code: (bytes[0] ?? 0) & 15, body, length: begins + size }
}
