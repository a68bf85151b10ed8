/** What goes on for a while: logs, and commands with their input and output. */
import type { ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import { fileItem } from '../../../../src/adapters/infra/docker/keeper-image.ts'
import { writeTar } from '../../../../src/tar/write-tar.ts'
import type { FakePod } from './pod-json.ts'
import { refusals } from './recorded-parts.ts'
import type { ServerSocket } from './web-socket.ts'

export interface LogAsked {
  readonly url: URL
  readonly answer: (status: number, body: unknown) => void
  readonly response: ServerResponse
}

/** `cutAfter`: so many bytes. */
export function sendLog(pod: FakePod, { url, answer, response }: LogAsked, cutAfter: number | undefined): unknown {
  const name = url.searchParams.get('container') ?? ''
  const container = pod.containers.get(name)
  const refuse = (what: string): void => answer(400, { ...refusals.unavailable, message: `container "${name}" in pod "${pod.manifest.metadata.name}" ${what}` })
  if (container === undefined || container.starts === 0) return refuse('is waiting to start: ContainerCreating')
  if (pod.failed !== undefined) return refuse('is not available')
  const since = url.searchParams.get('sinceTime')
  const follow = url.searchParams.get('follow') === 'true'
  response.writeHead(200, { 'content-type': 'text/plain' }).flushHeaders()
  let at = 0
  let left = cutAfter ?? Number.POSITIVE_INFINITY
  const more = (): void => {
    for (; at < container.log.length; at++) {
      const line = container.log[at]
      // To the second, as the server reads it.
      if (line === undefined || (since !== null && Date.parse(line.at) < Date.parse(since))) continue
      const bytes = Buffer.from(`${line.at} ${line.text}`)
      if (bytes.length > left) {
        response.write(bytes.subarray(0, left), () => response.destroy())
        container.onLog.delete(more)
        return
      }
      left -= bytes.length
      response.write(bytes)
    }
    if (!follow || container.ended) {
      container.onLog.delete(more)
      response.end()
    }
  }
  container.onLog.add(more)
  response.on('close', () => container.onLog.delete(more))
  more()
}

export type CommandCut = 'open' | 'input' | 'output' | 'status'

/** A line that breaks. What was asked for is done all the same, but for half an input. */
export function cutting(socket: ServerSocket, cut: CommandCut): ServerSocket {
  return {
    ...socket,
    get onMessage() {
      return socket.onMessage
    },
    set onMessage(listener: (bytes: Buffer) => void) {
      socket.onMessage = cut === 'input' ? () => socket.cut() : listener
    },
    send(bytes) {
      if (bytes[0] === 3) socket.cut()
      else if (cut === 'output' && bytes.length > 1) {
        socket.send(bytes.subarray(0, Math.ceil(bytes.length / 2)))
        socket.cut()
      } else socket.send(bytes)
    },
    close: () => undefined,
  }
}

/** Commands that Slipway runs in pods, told by their words. */
export function execute(socket: ServerSocket, pod: FakePod, containerName: string, command: readonly string[], faults: { cutBeforeGo?: number }): unknown {
  const channel = (number: number, body: string | Buffer): void => socket.send(Buffer.concat([Buffer.of(number), Buffer.from(body)]))
  const end = (code: number): void => {
    const details = { causes: [{ reason: 'ExitCode', message: String(code) }] }
    const message = `command terminated with non-zero exit code: error executing command [${command.join(' ')}], exit code ${code}`
    const failed = { metadata: {}, status: 'Failure', message, reason: 'NonZeroExitCode', details }
    channel(3, JSON.stringify(code === 0 ? { metadata: {}, status: 'Success' } : failed))
    socket.close()
  }
  channel(1, '')
  const [program = '', word = '', script = '', , first = '', , name = ''] = command
  if (program.endsWith('launcher')) {
    if (word === 'connect') return end(1)
    if (word !== 'end') return end(0)
    const target = pod.containers.get(containerName)
    target?.end(143, 'Error', 'signal 15 nothing\n')
    // It ends with its container.
    return end(137)
  }
  if (program === 'tar') return sendTar([], channel, end)
  if (script.includes('tar -c')) return sendTar([...(pod.containers.get(first)?.files ?? [])], channel, end)
  if (script.includes('/for;')) {
    const lines = [...pod.containers.values()].flatMap(({ name: one, about, begun }) =>
      about === undefined ? [] : [`${one} ${begun ? 'begun' : 'waits'} ${about}\n`],
    )
    channel(1, lines.join(''))
    return end(0)
  }
  const wanted = Number(first)
  const chunks: Buffer[] = []
  let have = 0
  let done = false
  socket.onMessage = (bytes) => {
    chunks.push(bytes.subarray(1))
    have += bytes.length - 1
    if (have < wanted || done) return
    done = true
    const container = pod.containers.get(name)
    if ((faults.cutBeforeGo ?? 0) > 0) {
      faults.cutBeforeGo = (faults.cutBeforeGo ?? 1) - 1
      return void container?.begin(Buffer.concat(chunks), { only: true }).then(() => socket.cut())
    }
    if (container !== undefined && !container.ended) void container.begin(Buffer.concat(chunks)).then(() => end(0))
    else end(0)
  }
}

function sendTar(files: readonly (readonly [string, string])[], channel: (number: number, body: Buffer) => void, end: (code: number) => void): void {
  const items = files.map(([name, text]) => fileItem(name, Buffer.from(text), 0o644))
  const tar: Readable = writeTar(items, { signal: new AbortController().signal })
  tar.on('data', (chunk: Buffer) => channel(1, chunk))
  tar.on('end', () => end(0))
}
