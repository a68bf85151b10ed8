/** A command in a container of a pod, with its input and output: channels over one web socket, as the kubelet speaks them. */
import { PassThrough, type Readable } from 'node:stream'
import type { WebSocket } from 'undici'
import { isProblem, problem } from '../base/problem.ts'
import { type ClusterConnection, type ClusterRequest, unreachableCluster, urlOf } from './connection.ts'
import { parseExecStatus } from './schema.ts'

interface Waiting {
  readonly signal: AbortSignal
}

export interface ExecRequest {
  readonly namespace: string
  readonly pod: string
  readonly container: string
  readonly command: readonly string[]
  /** The command has to know where it ends: the oldest protocol cannot say so. */
  readonly input?: Readable | Buffer
}

export interface Executed {
  /** Has to be read or resumed. */
  readonly output: Readable
  readonly errors: Readable
  /** The exit code. Rejects when the line is cut before it is known, and at once when the signal aborts: what the server says to that is not waited for. */
  readonly ended: Promise<number>
}

const channels = { input: 0, out: 1, err: 2, status: 3 } as const
const protocol = 'v4.channel.k8s.io'
/** Of a web socket's states. */
const open = 1
const mostWaiting = 1024 * 1024

export async function execute(cluster: ClusterConnection, o: ExecRequest, { signal }: Waiting): Promise<Executed> {
  signal.throwIfAborted()
  const request: ClusterRequest = {
    verb: 'get',
    resource: 'pods/exec',
    namespace: o.namespace,
    path: `/api/v1/namespaces/${o.namespace}/pods/${encodeURIComponent(o.pod)}/exec`,
    query: { container: o.container, stdin: String(o.input !== undefined), stdout: 'true', stderr: 'true', tty: 'false' },
  }
  const url = urlOf(cluster.access, request)
  for (const word of o.command) url.searchParams.append('command', word)
  url.protocol = url.protocol.replace('http', 'ws')
  cluster.count(request)
  const headers = await cluster.access.headers()
  // Few programs go to clusters.
  const { WebSocket } = await import('undici')
  signal.throwIfAborted()
  const socket = new WebSocket(url, { protocols: [protocol], headers, dispatcher: cluster.dispatcher })
  socket.binaryType = 'arraybuffer'
  const output = new PassThrough()
  const errors = new PassThrough()
  const given = Promise.withResolvers<never>()
  const abort = (): void => {
    given.reject(signal.reason)
    // One that is not open yet says at once, in this very call, that it failed and that it is closed.
    socket.close()
  }
  signal.addEventListener('abort', abort, { once: true })
  const ended = Promise.race([endOf(socket, { output, errors }, o, cluster), given.promise]).finally(() => {
    signal.removeEventListener('abort', abort)
    output.end()
    errors.end()
  })
  // Whoever reads the output first learns of a failure later.
  ended.catch(() => undefined)
  // Whoever listens is there before anything is said.
  await Promise.race([opened(socket, request, cluster, { signal }), given.promise])
  if (o.input !== undefined) send(socket, o.input).catch(() => socket.close())
  return { output, errors, ended }
}

/** Its whole output, for commands that say little. */
export async function executeShort(cluster: ClusterConnection, o: ExecRequest, w: Waiting): Promise<{ readonly code: number; readonly said: string }> {
  const { output, errors, ended } = await execute(cluster, o, w)
  const chunks: Buffer[] = []
  for (const stream of [output, errors]) stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  const code = await ended
  w.signal.throwIfAborted()
  return { code, said: Buffer.concat(chunks).toString('utf8').trim() }
}

/** Says nothing once it is given up: the signal says that. */
function opened(socket: WebSocket, request: ClusterRequest, cluster: ClusterConnection, { signal }: Waiting): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => resolve())
    socket.addEventListener('error', (event) => {
      if (!signal.aborted) whyNot(request, event, cluster, { signal }).then(reject, reject)
    })
  })
}

/** A web socket that is refused does not say why. The same request without one does. */
async function whyNot(request: ClusterRequest, event: Event, cluster: ClusterConnection, w: Waiting): Promise<unknown> {
  const said = 'error' in event ? event.error : new Error('the web socket could not be opened')
  try {
    const body = await cluster.stream(request, w)
    body?.destroy()
  } catch (error) {
    // 400 means only that it wants a web socket after all.
    if (!isProblem(error, 'K8S_REFUSED') || !/\b400\b/.test(error.message)) return error
  }
  return unreachableCluster(cluster.access, said)
}

function endOf(
  socket: WebSocket,
  into: { readonly output: PassThrough; readonly errors: PassThrough },
  o: ExecRequest,
  cluster: ClusterConnection,
): Promise<number> {
  const command = o.command.slice(0, 2).join(' ')
  return new Promise((resolve, reject) => {
    let status = ''
    socket.addEventListener('message', ({ data }) => {
      const bytes = Buffer.from(data as ArrayBuffer)
      const body = bytes.subarray(1)
      if (bytes[0] === channels.status) status += body.toString('utf8')
      else if (into.output.writableEnded) return
      else if (bytes[0] === channels.out && body.length > 0) into.output.write(body)
      else if (bytes[0] === channels.err && body.length > 0) into.errors.write(body)
    })
    socket.addEventListener('close', () => {
      if (status === '') return reject(problem('K8S_EXEC_CUT', { cluster: cluster.name, pod: o.pod, command }, { retryable: true }))
      const said = parseExecStatus(status, cluster.name)
      if ('exitCode' in said) resolve(said.exitCode)
      else reject(problem('K8S_EXEC_FAILED', { pod: o.pod, container: o.container, command, reason: said.failure }))
    })
    // Its close follows.
    socket.addEventListener('error', () => undefined)
  })
}

async function send(socket: WebSocket, input: Readable | Buffer): Promise<void> {
  for await (const chunk of Buffer.isBuffer(input) ? pieces(input) : input) {
    while (socket.bufferedAmount > mostWaiting) await new Promise((resolve) => setTimeout(resolve, 5))
    if (socket.readyState !== open) return
    socket.send(Buffer.concat([Buffer.of(channels.input), chunk as Buffer]))
  }
}

function* pieces(input: Buffer): Generator<Buffer> {
  for (let at = 0; at < input.length; at += 32_768) yield input.subarray(at, at + 32_768)
}
