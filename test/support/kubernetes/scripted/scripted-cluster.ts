/**
 * An API server with a node behind it, in this process: what it says is made of what a real one has said (`../transcripts`), and it fails as it is told to.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { ClusterAccess } from '../../../../src/kubernetes-api/access.ts'
import { FakeContainer, now } from './node.ts'
import { absent, type CareFaults, careAnswers, eventList, exists, forbidden, notesOfPull, overQuota, secretGone, secretJson } from './plain-answers.ts'
import { type FakePod, initName, type Manifest, podJson, said } from './pod-json.ts'
import { bookmark, refusals } from './recorded-parts.ts'
import { type CommandCut, cutting, execute, sendLog } from './streams.ts'
import { acceptSocket, type ServerSocket } from './web-socket.ts'

export interface Faults extends CareFaults {
  /** Each log stream is cut after so many bytes. */
  cutLogsAfter?: number
  /** So are the next ones only, followed or not. */
  logCuts?: number[]
  /** Commands are cut, the next ones: before they begin, within their input, within their output, or when all is done but nobody has heard of it. */
  commandCuts?: CommandCut[]
  /** Commands are not answered at all; called for each of them. */
  silentCommands?: (() => void) | undefined
  /** Does it, and cuts the line in place of an answer; once. */
  lostAnswer?: string | undefined
  /** Watches are told that their version is gone; so many times. */
  gone?: number
  /** Every event is told twice. */
  duplicates?: boolean
  /** The line is cut when the files of a step are there, and before it is let go; so many times. */
  cutBeforeGo?: number
  /** How long a pod that is deleted politely takes to go. */
  goingMs?: number
  /** Each event is told once more after the next one. */
  reordered?: boolean
  /** Watches say nothing new, and do not end. */
  silent?: boolean
  /** Pods stay unscheduled. */
  unschedulable?: string
  /** Refuses by verb and resource: `create pods`. */
  forbidden?: string
  /** Refuses the creation with a quota. */
  quota?: boolean
  denied?: readonly string[]
  podSecurity?: string
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
  /** Takes commands in pods over where it answers true. */
  commands: (pod: FakePod, command: readonly string[], socket: ServerSocket) => boolean
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
  let history: Told[] = []
  let forgotten = 0
  const watchers = new Set<(event: Told) => void>()
  const noted = new Map<string, unknown[]>()
  const sockets = new Set<Socket>()
  let version = 1000

  const textOf = (pod: FakePod): string => said(podJson(pod, faults.unschedulable))
  const tell = (type: string, pod: FakePod): void => {
    if (pod.silent) return
    pod.version = ++version
    const event = { version, line: `{"type":"${type}","object":${textOf(pod)}}\n`, labels: pod.manifest.metadata.labels }
    const before = history.at(-1)
    history.push(event)
    if (history.length > 2000) {
      history = history.slice(1000)
      forgotten = (history[0]?.version ?? 1) - 1
    }
    if (faults.silent === true) return
    const again = [...(faults.duplicates === true ? [event] : []), ...(faults.reordered === true && before !== undefined ? [before] : [])]
    for (const watcher of [...watchers]) for (const one of [event, ...again]) watcher(one)
  }
  const together = (pod: FakePod, act: () => void): void => {
    pod.silent = true
    act()
    pod.silent = false
    tell('MODIFIED', pod)
  }
  const gone = (pod: FakePod): void => {
    if (pods.get(pod.manifest.metadata.name) !== pod) return
    pod.ending = 0
    tell('MODIFIED', pod)
    pods.delete(pod.manifest.metadata.name)
    tell('DELETED', pod)
  }
  const removePod = (pod: FakePod, grace: number): void => {
    pod.ending = grace
    tell('MODIFIED', pod)
    // Without a node it is nobody's.
    if (pod.place === 'there')
      together(pod, () => {
        for (const container of pod.containers.values()) {
          container.last = undefined
          if ('waiting' in container.state) container.state = { waiting: { reason: 'PodInitializing' } }
          if (!container.ended && container.starts > 0) container.end(143, 'Error', container.name === 'slipway' ? '' : 'signal 15 nothing\n')
        }
      })
    if (grace > 0 && pod.place === 'there') setTimeout(() => gone(pod), faults.goingMs ?? 20)
    else gone(pod)
  }
  const startAll = (pod: FakePod): void => {
    const first = pod.containers.get(initName)
    pod.place = 'scheduled'
    tell('MODIFIED', pod)
    pod.place = 'preparing'
    tell('MODIFIED', pod)
    pod.place = 'there'
    if (first !== undefined)
      together(pod, () => {
        first.start()
        if ('running' in first.state) first.end(0, 'Completed', 'x86_64\n')
      })
    if (first?.ended ?? true)
      together(pod, () => {
        for (const container of pod.containers.values()) if (container !== first) container.start()
      })
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
      if (faults.quota === true) return answer(403, overQuota(name))
      if (pods.has(name)) return answer(409, exists(name))
      const pod: FakePod = {
        manifest,
        containers: new Map(),
        createdAt: now(),
        version: ++version,
        place: 'created',
        ending: undefined,
        failed: undefined,
        silent: false,
      }
      for (const { name: container, image } of [...(manifest.spec.initContainers ?? []), ...manifest.spec.containers])
        pod.containers.set(container, new FakeContainer(container, image, () => tell('MODIFIED', pod)))
      pods.set(name, pod)
      tell('ADDED', pod)
      answer(201, podJson(pod, faults.unschedulable))
      return setTimeout(() => {
        if (pod.ending !== undefined) return
        if (faults.unschedulable === undefined && manifest.spec.nodeSelector === undefined) return startAll(pod)
        pod.place = 'nowhere'
        tell('MODIFIED', pod)
      }, 1)
    },
    'GET pods'({ url, answer, response }): unknown {
      const selector = url.searchParams.get('labelSelector')
      if (url.searchParams.get('watch') !== 'true')
        return answer(200, {
          kind: 'PodList',
          apiVersion: 'v1',
          metadata: { resourceVersion: String(version) },
          items: [...pods.values()]
            .filter((pod) => matches(selector, pod.manifest.metadata.labels))
            .map((pod) => {
              const { kind: _, apiVersion: __, ...item } = podJson(pod, faults.unschedulable)
              return item
            }),
        })
      const from = Number(url.searchParams.get('resourceVersion'))
      response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders()
      if ((faults.gone ?? 0) > 0 || from < forgotten) {
        faults.gone = Math.max(0, (faults.gone ?? 0) - 1)
        return response.end(`${JSON.stringify({ type: 'ERROR', object: refusals.gone })}\n`)
      }
      const watcher = ({ line, labels }: Told): void => {
        if (matches(selector, labels)) response.write(line)
      }
      for (const event of history) if (event.version > from) watcher(event)
      watchers.add(watcher)
      const ms = Number(url.searchParams.get('timeoutSeconds') ?? 60) * 1000
      const end = setTimeout(() => faults.silent !== true && response.end(), ms)
      // As the real one does: two seconds before its end it says how far the world has come.
      const mark = setTimeout(
        () => {
          const object = {
            kind: 'Pod',
            apiVersion: 'v1',
            metadata: { ...bookmark.metadata, resourceVersion: String(version) },
            spec: bookmark.spec,
            status: {},
          }
          if (url.searchParams.get('allowWatchBookmarks') === 'true' && version > from && faults.silent !== true)
            response.write(`${JSON.stringify({ type: 'BOOKMARK', object })}\n`)
        },
        Math.max(0, ms - 2000),
      )
      return response.on('close', () => {
        clearTimeout(end)
        clearTimeout(mark)
        watchers.delete(watcher)
      })
    },
    'GET pods/NAME': ({ name, answer }) => found(name, answer, (pod) => answer(200, podJson(pod, faults.unschedulable))),
    'PATCH pods/NAME': ({ name, body, answer }) =>
      found(name, answer, (pod) => {
        const patch = body as {
          readonly metadata?: { readonly labels?: Readonly<Record<string, string>> }
          readonly spec?: { readonly containers: readonly { name: string; image: string }[] }
        }
        const { metadata } = pod.manifest
        pod.manifest = { ...pod.manifest, metadata: { ...metadata, labels: { ...metadata.labels, ...patch.metadata?.labels } } }
        const changed = (patch.spec?.containers ?? []).flatMap(({ name: container, image }) => {
          const one = pod.containers.get(container)
          // The kubelet does nothing where nothing changes.
          if (one === undefined || one.ended || one.image === image) return []
          one.image = image
          return [one]
        })
        tell('MODIFIED', pod)
        answer(200, podJson(pod, faults.unschedulable))
        for (const one of changed) setTimeout(() => changeImage(pod, one), 1)
      }),
    'GET events'({ url, answer }): unknown {
      const [, pod = ''] = /involvedObject\.name=([^,]+)/.exec(url.searchParams.get('fieldSelector') ?? '') ?? []
      return answer(200, eventList(noted.get(pod) ?? []))
    },
    'DELETE pods/NAME': ({ name, body, answer }) =>
      found(name, answer, (pod) => {
        removePod(pod, (body as { gracePeriodSeconds?: number } | undefined)?.gracePeriodSeconds ?? 30)
        answer(200, podJson(pod, faults.unschedulable))
      }),
    'GET pods/NAME/log': ({ name, url, answer, response }) => found(name, answer, (pod) => sendLog(pod, { url, answer, response }, logCut(url))),
    'GET pods/NAME/exec': ({ answer }) => answer(400, { ...refusals.unavailable, message: 'Upgrade request required' }),
    'POST secrets'({ body, answer }) {
      const { metadata } = body as Manifest
      secrets.set(metadata.name, body)
      answer(201, secretJson(body as Manifest, 'POST'))
    },
    'PATCH secrets/NAME'({ name, body, answer }) {
      const before = secrets.get(name) as Manifest | undefined
      if (before === undefined) return answer(404, absent('secrets', name))
      const kept = { ...before, metadata: { ...before.metadata, ...(body as Manifest).metadata } }
      secrets.set(name, kept)
      return answer(200, secretJson(kept, 'PATCH'))
    },
    'DELETE secrets/NAME'({ name, answer }) {
      if (!secrets.delete(name)) return answer(404, absent('secrets', name))
      return answer(200, secretGone(name))
    },
  }
  /** Of a container that has run, the kubelet tries once to get another image; only an event says that it could not. */
  function changeImage(pod: FakePod, container: FakeContainer): void {
    together(pod, () => container.end(143, 'Error', ''))
    if (!container.start()) noted.set(pod.manifest.metadata.name, [...(noted.get(pod.manifest.metadata.name) ?? []), ...notesOfPull(pod, container)])
  }
  function found(name: string, answer: (status: number, body: unknown) => void, act: (pod: FakePod) => void): void {
    const pod = pods.get(name)
    if (pod === undefined) answer(404, absent('pods', name))
    else act(pod)
  }
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const url = new URL(request.url ?? '', 'http://server')
    const [, , , , namespace = '', resource = '', name = '', sub = ''] = url.pathname.split('/')
    const key =
      resource === '' ? `${request.method} ${url.pathname}` : `${request.method} ${resource}${name === '' ? '' : '/NAME'}${sub === '' ? '' : `/${sub}`}`
    requests.set(key, (requests.get(key) ?? 0) + 1)
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8')
      const answer = (code: number, body: unknown): void => {
        if (faults.lostAnswer !== key) return void response.writeHead(code, { 'content-type': 'application/json' }).end(said(body))
        faults.lostAnswer = undefined
        response.destroy()
      }
      if (faults.forbidden === key || request.headers.authorization === 'Bearer stranger')
        return answer(403, forbidden({ method: request.method ?? '', url, namespace, resource, name }))
      const care = careAnswers[key]
      if (care !== undefined) return answer(...care(faults, text === '' ? undefined : JSON.parse(text)))
      const route = routes[key]
      if (route === undefined) answer(404, { ...refusals.absent, message: 'the server could not find the requested resource' })
      else route({ url, name, body: text === '' ? undefined : JSON.parse(text), answer, response })
    })
  }
  function logCut(url: URL): number | undefined {
    return faults.logCuts?.shift() ?? (url.searchParams.get('follow') === 'true' ? faults.cutLogsAfter : undefined)
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
      const cut = faults.commandCuts?.shift()
      if (cut === 'open') return stream.destroy()
      if (faults.silentCommands !== undefined) return faults.silentCommands()
      const socket = acceptSocket(stream, request.headers['sec-websocket-key'] ?? '', 'v4.channel.k8s.io')
      if (pod === undefined) return socket.cut()
      if (scripted.commands(pod, url.searchParams.getAll('command'), socket)) return
      return execute(
        cut === undefined ? socket : cutting(socket, cut),
        pod,
        url.searchParams.get('container') ?? '',
        url.searchParams.getAll('command'),
        faults,
      )
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
  const scripted: ScriptedCluster = {
    commands: () => false,
    access: { name: 'scripted', server: `http://127.0.0.1:${port}`, namespace: 'default', tls: {}, headers: async () => ({}) },
    pods,
    secrets,
    faults,
    requests,
    goAway,
    comeBack() {
      // What it remembers begins with its start.
      forgotten = version
      return listen()
    },
    deletePod(name) {
      const pod = pods.get(name)
      if (pod !== undefined) removePod(pod, 30)
    },
    evict(name, message) {
      const pod = pods.get(name)
      if (pod === undefined) return
      pod.failed = { reason: 'Evicted', message }
      together(pod, () => {
        for (const container of pod.containers.values()) container.end(137, 'Error', '')
      })
    },
    [Symbol.asyncDispose]: goAway,
  }
  return scripted
}

interface Told {
  readonly version: number
  readonly line: string
  readonly labels: Readonly<Record<string, string>>
}
