/**
 * An API server with a node behind it, in this process: it answers as the real one does (`testdata/transcript.json` has what that said),
 * and fails as it is told to.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { fileItem } from '../../../../src/adapters/infra/docker/keeper-image.ts'
import type { ClusterAccess } from '../../../../src/kubernetes-api/access.ts'
import { writeTar } from '../../../../src/tar/write-tar.ts'
import { FakeContainer, now } from './node.ts'
import { acceptSocket, type ServerSocket } from './web-socket.ts'

interface Manifest {
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> }
  readonly spec: { readonly initContainers: readonly { name: string; image: string }[]; readonly containers: readonly { name: string; image: string }[] }
}

export interface FakePod {
  readonly manifest: Manifest
  readonly containers: Map<string, FakeContainer>
  version: number
  ending: boolean
  failed: { readonly reason: string; readonly message: string } | undefined
}

export interface Faults {
  /** Each log stream is cut after so many bytes. */
  cutLogsAfter?: number
  /** Watches are told that their version is gone; so many times. */
  gone?: number
  /** Every event is told twice. */
  duplicates?: boolean
  /** Pods stay unscheduled. */
  unschedulable?: string
  /** Refuses by verb and resource: `create pods`. */
  forbidden?: string
  /** Refuses the creation with a quota. */
  quota?: boolean
}

export interface ScriptedCluster extends AsyncDisposable {
  readonly access: ClusterAccess
  readonly pods: ReadonlyMap<string, FakePod>
  readonly secrets: ReadonlyMap<string, unknown>
  readonly faults: Faults
  readonly requests: Map<string, number>
  /** Nobody answers, and every line is cut. */
  goAway(): Promise<void>
  comeBack(): Promise<void>
  /** As `kubectl delete` by somebody else. */
  deletePod(name: string): void
  evict(name: string, message: string): void
}

type Route = (o: {
  readonly url: URL
  readonly name: string
  readonly body: unknown
  readonly answer: (status: number, body: unknown) => void
  readonly response: ServerResponse
}) => unknown

export async function scriptedCluster(): Promise<ScriptedCluster> {
  const pods = new Map<string, FakePod>()
  const secrets = new Map<string, unknown>()
  const faults: Faults = {}
  const requests = new Map<string, number>()
  /** What watches may begin with: the newest, as servers keep them. */
  let history: { readonly version: number; readonly type: string; readonly json: unknown; readonly labels: Readonly<Record<string, string>> }[] = []
  let forgotten = 0
  const watchers = new Set<(event: string, json: unknown, labels: Readonly<Record<string, string>>) => void>()
  const sockets = new Set<Socket>()
  let version = 1000

  const tell = (type: string, pod: FakePod): void => {
    pod.version = ++version
    const event = { version, type, json: podJson(pod, faults), labels: pod.manifest.metadata.labels }
    history.push(event)
    if (history.length > 2000) {
      history = history.slice(1000)
      forgotten = (history[0]?.version ?? 1) - 1
    }
    for (const watcher of [...watchers]) for (let n = faults.duplicates === true ? 2 : 1; n > 0; n--) watcher(type, event.json, event.labels)
  }
  const gone = (pod: FakePod): void => {
    pods.delete(pod.manifest.metadata.name)
    tell('DELETED', pod)
  }
  const removePod = (pod: FakePod, graceful: boolean): void => {
    pod.ending = true
    tell('MODIFIED', pod)
    for (const container of pod.containers.values())
      if (!container.ended) container.end(143, 'Error', container.name === 'slipway' ? '' : 'signal 15 nothing\n')
    if (graceful) setTimeout(() => gone(pod), 2)
    else gone(pod)
  }
  const matches = (selector: string | null, labels: Readonly<Record<string, string>>): boolean =>
    (selector ?? '').split(',').every((part) => {
      const [key = '', value] = part.split('=')
      return key === '' || labels[key] === value
    })

  const routes: Readonly<Record<string, Route>> = {
    'POST pods'({ body, answer }): unknown {
      const manifest = body as Manifest
      const { name } = manifest.metadata
      if (faults.quota === true)
        return answer(403, status(403, `pods "${name}" is forbidden: exceeded quota: small, requested: pods=1, used: pods=3, limited: pods=3`))
      if (pods.has(name)) return answer(409, status(409, `pods "${name}" already exists`))
      const pod: FakePod = { manifest, containers: new Map(), version: ++version, ending: false, failed: undefined }
      for (const { name: container, image } of [...manifest.spec.initContainers, ...manifest.spec.containers])
        pod.containers.set(container, new FakeContainer(container, image, () => tell('MODIFIED', pod)))
      pods.set(name, pod)
      answer(201, podJson(pod, faults))
      tell('ADDED', pod)
      return faults.unschedulable === undefined && setTimeout(() => startAll(pod), 1)
    },
    'GET pods'({ url, answer, response }): unknown {
      const selector = url.searchParams.get('labelSelector')
      if (url.searchParams.get('watch') !== 'true')
        return answer(200, {
          kind: 'PodList',
          apiVersion: 'v1',
          metadata: { resourceVersion: String(version) },
          items: [...pods.values()].filter((pod) => matches(selector, pod.manifest.metadata.labels)).map((pod) => podJson(pod, faults)),
        })
      const from = Number(url.searchParams.get('resourceVersion'))
      response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders()
      if ((faults.gone ?? 0) > 0 || from < forgotten) {
        faults.gone = Math.max(0, (faults.gone ?? 0) - 1)
        return response.end(`${JSON.stringify({ type: 'ERROR', object: status(410, 'too old resource version') })}\n`)
      }
      const watcher = (type: string, object: unknown, labels: Readonly<Record<string, string>>): void => {
        if (matches(selector, labels)) response.write(`${JSON.stringify({ type, object })}\n`)
      }
      for (const event of history) if (event.version > from) watcher(event.type, event.json, event.labels)
      watchers.add(watcher)
      const timer = setTimeout(() => response.end(), Number(url.searchParams.get('timeoutSeconds') ?? 60) * 1000)
      return response.on('close', () => {
        clearTimeout(timer)
        watchers.delete(watcher)
      })
    },
    'GET pods/NAME': ({ name, answer }) => found(name, answer, (pod) => answer(200, podJson(pod, faults))),
    'PATCH pods/NAME': ({ name, body, answer }) =>
      found(name, answer, (pod) => {
        const patch = body as { readonly spec: { readonly containers: readonly { name: string; image: string }[] } }
        answer(200, podJson(pod, faults))
        for (const { name: container, image } of patch.spec.containers) {
          const one = pod.containers.get(container)
          // The kubelet does nothing where nothing changes.
          if (one === undefined || one.ended || one.image === image) continue
          one.image = image
          setTimeout(() => one.start(), 1)
        }
      }),
    'DELETE pods/NAME': ({ name, body, answer }) =>
      found(name, answer, (pod) => {
        answer(200, podJson(pod, faults))
        removePod(pod, (body as { gracePeriodSeconds?: number } | undefined)?.gracePeriodSeconds !== 0)
      }),
    'GET pods/NAME/log': ({ name, url, answer, response }) => found(name, answer, (pod) => sendLog(pod, url, answer, response, faults)),
    'POST secrets'({ body, answer }) {
      secrets.set((body as Manifest).metadata.name, body)
      answer(201, body)
    },
    'PATCH secrets/NAME': ({ body, answer }) => answer(200, body),
    'DELETE secrets/NAME'({ name, answer }) {
      answer(secrets.delete(name) ? 200 : 404, status(200, ''))
    },
  }
  function found(name: string, answer: (status: number, body: unknown) => void, act: (pod: FakePod) => void): void {
    const pod = pods.get(name)
    if (pod === undefined) answer(404, status(404, `pods "${name}" not found`))
    else act(pod)
  }
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const url = new URL(request.url ?? '', 'http://server')
    const [, , , , namespace = '', resource = '', name = '', sub = ''] = url.pathname.split('/')
    const key = `${request.method} ${resource}${name === '' ? '' : '/NAME'}${sub === '' ? '' : `/${sub}`}`
    requests.set(key, (requests.get(key) ?? 0) + 1)
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8')
      const answer = (code: number, body: unknown): void => void response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body))
      if (faults.forbidden === key)
        return answer(
          403,
          status(403, `${resource} is forbidden: User "somebody" cannot create resource "${resource}" in API group "" in the namespace "${namespace}"`),
        )
      const route = routes[key]
      if (route === undefined) answer(404, status(404, 'the server could not find the requested resource'))
      else route({ url, name, body: text === '' ? undefined : JSON.parse(text), answer, response })
    })
  }
  let port = 0
  let server = createServer(handle)
  const listen = async (): Promise<void> => {
    server = createServer(handle)
    server.keepAliveTimeout = 60_000
    server.on('connection', (socket) => {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
      socket.on('error', () => undefined)
    })
    server.on('upgrade', (request, stream) => {
      requests.set('EXEC', (requests.get('EXEC') ?? 0) + 1)
      const url = new URL(request.url ?? '', 'http://server')
      const pod = pods.get(url.pathname.split('/')[6] ?? '')
      const socket = acceptSocket(stream, request.headers['sec-websocket-key'] ?? '', 'v4.channel.k8s.io')
      if (pod === undefined) socket.cut()
      else execute(socket, pod, url.searchParams.get('container') ?? '', url.searchParams.getAll('command'))
    })
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
  }
  const goAway = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve))
    for (const socket of sockets) socket.destroy()
    await closed
  }
  await listen()
  return {
    access: { name: 'scripted', server: `http://127.0.0.1:${port}`, namespace: 'default', tls: {}, headers: async () => ({}) },
    pods,
    secrets,
    faults,
    requests,
    goAway,
    comeBack: listen,
    deletePod(name) {
      const pod = pods.get(name)
      if (pod !== undefined) removePod(pod, true)
    },
    evict(name, message) {
      const pod = pods.get(name)
      if (pod === undefined) return
      pod.failed = { reason: 'Evicted', message }
      for (const container of pod.containers.values()) container.end(137, 'Error', '')
      tell('MODIFIED', pod)
    },
    [Symbol.asyncDispose]: goAway,
  }
}

function startAll(pod: FakePod): void {
  for (const [name, container] of pod.containers) {
    if (name === 'slipway-init') {
      container.start()
      if ('running' in container.state) container.end(0, 'Completed', 'x86_64\n')
    } else container.start()
  }
}

function status(code: number, message: string) {
  const reasons: Readonly<Record<number, string>> = { 403: 'Forbidden', 404: 'NotFound', 409: 'AlreadyExists', 410: 'Expired' }
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: code < 400 ? 'Success' : 'Failure', message, reason: reasons[code], code }
}

function podJson(pod: FakePod, faults: Faults) {
  const statuses = [...pod.containers.values()]
  const phase = pod.failed !== undefined ? 'Failed' : statuses.some(({ state }) => 'running' in state) ? 'Running' : 'Pending'
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: {
      ...pod.manifest.metadata,
      namespace: 'default',
      uid: `uid-${pod.manifest.metadata.name}`,
      resourceVersion: String(pod.version),
      creationTimestamp: now(),
      ...(pod.ending && { deletionTimestamp: now() }),
    },
    spec: { containers: pod.manifest.spec.containers.map(({ name }) => ({ name })) },
    status: {
      phase,
      ...pod.failed,
      conditions: [
        faults.unschedulable === undefined
          ? { type: 'PodScheduled', status: 'True' }
          : { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: faults.unschedulable },
      ],
      initContainerStatuses: statuses.filter(({ name }) => name === 'slipway-init').map((one) => one.status()),
      containerStatuses: statuses.filter(({ name }) => name !== 'slipway-init').map((one) => one.status()),
    },
  }
}

function sendLog(pod: FakePod, url: URL, answer: (status: number, body: unknown) => void, response: ServerResponse, faults: Faults): unknown {
  const name = url.searchParams.get('container') ?? ''
  const container = pod.containers.get(name)
  if (container === undefined || container.starts === 0) return answer(400, status(400, `container "${name}" in pod is waiting to start: ContainerCreating`))
  const since = url.searchParams.get('sinceTime')
  const follow = url.searchParams.get('follow') === 'true'
  response.writeHead(200, { 'content-type': 'text/plain' }).flushHeaders()
  let at = 0
  let left = follow ? (faults.cutLogsAfter ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY
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

function execute(socket: ServerSocket, pod: FakePod, _container: string, command: readonly string[]): unknown {
  const channel = (number: number, body: string | Buffer): void => socket.send(Buffer.concat([Buffer.of(number), Buffer.from(body)]))
  const end = (code: number): void => {
    const details = { causes: [{ reason: 'ExitCode', message: String(code) }] }
    const failed = { metadata: {}, status: 'Failure', message: `command terminated with exit code ${code}`, reason: 'NonZeroExitCode', details }
    channel(3, JSON.stringify(code === 0 ? { metadata: {}, status: 'Success' } : failed))
    socket.close()
  }
  const [program = '', word = '', script = '', , first = '', , name = ''] = command
  if (program.endsWith('launcher')) {
    if (word === 'connect') return end(1)
    if (word !== 'end') return end(0)
    const target = pod.containers.get(_container)
    target?.end(143, 'Error', 'signal 15 nothing\n')
    // It ends with its container.
    return socket.cut()
  }
  if (program === 'tar') return sendTar([], channel, end)
  if (script.includes('tar -c')) return sendTar([...(pod.containers.get(first)?.files ?? [])], channel, end)
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
