/** A proxy between Slipway and an API server that writes down what is said. It changes nothing of it. */
import { createServer, type IncomingMessage, request as plainRequest, type ServerResponse } from 'node:http'
import { request as secureRequest } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { frameReader } from '../scripted/web-socket.ts'
import { placeholders } from './placeholders.ts'
import type { Exchange, Frame, Pause, Piece, WatchEvent } from './transcript.ts'

export interface Recorder extends AsyncDisposable {
  /** Where it listens. */
  readonly server: string
  /** What was said since it was asked last. Lines that are still open are in it as far as they have come. */
  take(): readonly Exchange[]
}

type Open = { -readonly [K in keyof Exchange]: Exchange[K] }

export async function recorder(target: string): Promise<Recorder> {
  const sockets = new Set<Socket>()
  let exchanges: Open[] = []
  const begin = (request: IncomingMessage): Open => {
    const url = new URL(request.url ?? '', 'http://server')
    const query: Record<string, string | string[]> = {}
    for (const key of new Set(url.searchParams.keys())) {
      const all = url.searchParams.getAll(key)
      query[key] = all.length === 1 ? (all[0] ?? '') : all
    }
    const exchange: Open = { asks: `${request.method} ${url.pathname}`, query }
    exchanges.push(exchange)
    return exchange
  }
  const server = createServer((request, response) => forward(target, request, response, begin(request)))
  server.on('upgrade', (request, socket) => forwardSocket(target, request, socket, begin(request)))
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    take() {
      const taken = placeholders()(exchanges) as readonly Exchange[]
      exchanges = []
      return taken
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

function ask(target: string, { url = '', method, headers }: IncomingMessage) {
  const to = new URL(url, target)
  const { host: _, ...rest } = headers
  return (to.protocol === 'https:' ? secureRequest : plainRequest)(to, { method, headers: rest, rejectUnauthorized: false, agent: false })
}

function forward(target: string, request: IncomingMessage, response: ServerResponse, exchange: Open): void {
  const onward = ask(target, request)
  const asked: Buffer[] = []
  request.on('data', (chunk: Buffer) => asked.push(chunk))
  request.on('end', () => {
    if (asked.length > 0) exchange.body = jsonOf(Buffer.concat(asked).toString('utf8'))
  })
  request.pipe(onward)
  onward.on('error', () => response.destroy())
  response.on('close', () => onward.destroy())
  onward.on('response', (answer) => {
    exchange.status = answer.statusCode ?? 0
    response.writeHead(exchange.status, answer.headers).flushHeaders()
    const note = noterOf(exchange)
    answer.on('data', (chunk: Buffer) => {
      note.heard(chunk.toString('utf8'))
      response.write(chunk)
    })
    answer.on('end', () => {
      note.over()
      response.end()
    })
    answer.on('error', () => {
      exchange.cut = true
      response.destroy()
    })
  })
}

interface Noter {
  heard(text: string): void
  over(): void
}

function noterOf(exchange: Open): Noter {
  const pause = pauses()
  if ((exchange.status ?? 0) < 300 && exchange.query['watch'] === 'true') {
    const events: WatchEvent[] = []
    exchange.events = events
    let rest = ''
    return {
      heard(text) {
        const lines = `${rest}${text}`.split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) events.push({ after: pause(), ...(JSON.parse(line) as { readonly type: string; readonly object: unknown }) })
      },
      over: () => undefined,
    }
  }
  if ((exchange.status ?? 0) < 300 && exchange.asks.endsWith('/log')) {
    const log: Piece[] = []
    exchange.log = log
    return { heard: (text) => void log.push({ after: pause(), text }), over: () => undefined }
  }
  let whole = ''
  return {
    heard(text) {
      whole += text
    },
    over() {
      exchange.answer = jsonOf(whole)
    },
  }
}

function forwardSocket(target: string, request: IncomingMessage, socket: Duplex, exchange: Open): void {
  const onward = ask(target, request)
  onward.on('error', () => socket.destroy())
  onward.on('response', (answer) => {
    exchange.status = answer.statusCode ?? 0
    let whole = ''
    answer.on('data', (chunk: Buffer) => {
      whole += chunk.toString('utf8')
    })
    answer.on('end', () => {
      exchange.answer = jsonOf(whole)
      socket.end(
        `HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(whole)}\r\n\r\n${whole}`,
      )
    })
  })
  onward.on('upgrade', (answer, far, first) => {
    exchange.status = 101
    const frames: Frame[] = []
    exchange.frames = frames
    const lines = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}\r\n`)
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('')}\r\n`)
    const pause = pauses()
    let ended = false
    const heard = (from: Frame['from']) =>
      frameReader(({ code, body }) => {
        if (code === 8) ended = true
        if (code < 8) frames.push({ after: pause(), from, channel: body[0] ?? 0, said: saidBy(body.subarray(1), body[0] ?? 0) })
      })
    const [fromSlipway, fromServer] = [heard('slipway'), heard('server')]
    socket.on('data', (chunk: Buffer) => {
      fromSlipway(chunk)
      far.write(chunk)
    })
    const onServer = (chunk: Buffer): void => {
      fromServer(chunk)
      socket.write(chunk)
    }
    onServer(first)
    far.on('data', onServer)
    far.on('error', () => socket.destroy())
    far.on('close', () => {
      if (!ended) exchange.cut = true
      socket.end()
    })
    socket.on('error', () => far.destroy())
    socket.on('close', () => far.end())
  })
  onward.end()
}

/** Archives are another size each time: only that they are some. */
function saidBy(bytes: Buffer, channel: number): unknown {
  if (channel === 3) return jsonOf(bytes.toString('utf8'))
  const text = bytes.toString('utf8')
  return /[^\t\n\x20-\x7e]/.test(text) ? 'BYTES' : text
}

function pauses(): () => Pause {
  let last = performance.now()
  return () => {
    const now = performance.now()
    const since = now - last
    last = now
    return since < 100 ? 'at once' : since < 2000 ? 'soon' : 'late'
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
