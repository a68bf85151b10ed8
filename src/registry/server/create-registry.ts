/** The embedded registry: the distribution specification over a folder, as a request handler and as a server. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { problem } from '../../base/problem.ts'
import type { Durability } from '../../media/atomic-file.ts'
import { contentStore } from '../../media/content-store.ts'
import { type AccessRule, readOnly } from './access-rule.ts'
import { collectGarbage, type Garbage, type GarbageOptions } from './collect-garbage.ts'
import type { Registry } from './context.ts'
import { fault, type Reply, writeReply } from './reply.ts'
import { repositoryFiles } from './repository-files.ts'
import { route } from './routes.ts'
import { type Tidied, type TidyOptions, tidy } from './tidy.ts'
import { turns } from './turns.ts'
import { uploadSessions } from './upload-sessions.ts'

export interface RegistryOptions {
  /** Made when it does not exist. Several registries may share one folder. */
  readonly dir: string
  readonly readOnly?: boolean
  readonly auth?: AccessRule
  readonly durability?: Durability
  /** Told what went wrong inside; the client is told only that something did. */
  readonly onError?: (error: unknown) => void
}

export interface EmbeddedRegistry {
  handler(request: IncomingMessage, response: ServerResponse): void
  /** Port 0 takes a free one. Ends when the signal aborts or at `close`. Throws REGISTRY_CANNOT_LISTEN. */
  listen(o: ListenOptions): Promise<Listening>
  /** Frees what nobody can reach. Safe beside requests, also of other processes. */
  collect(o: GarbageOptions): Promise<Garbage>
  /** Takes away what crashes left. Safe beside requests. */
  tidy(o: TidyOptions): Promise<Tidied>
  /** Ends all listeners and requests. What is stored stays, and uploads under way may go on later. */
  close(): Promise<void>
}

/** PEM texts. */
export interface ServerTls {
  readonly cert: string
  readonly key: string
}

export interface ListenOptions {
  readonly host?: string
  readonly port: number
  readonly tls?: ServerTls
  readonly signal: AbortSignal
}

export interface Listening {
  /** `127.0.0.1:5000`: the registry's name in references. */
  readonly address: string
  readonly url: string
  close(): Promise<void>
}

export function createRegistry(o: RegistryOptions): EmbeddedRegistry {
  const durability = o.durability ?? 'safe'
  const store = contentStore(o.dir, { durability })
  const files = repositoryFiles(o.dir, { durability })
  const registry: Registry = { store, files, uploads: uploadSessions(store, files), turns: turns() }
  const rules: readonly AccessRule[] = [...(o.auth === undefined ? [] : [o.auth]), ...(o.readOnly === true ? [readOnly] : [])]
  const ending = new AbortController()
  const listeners = new Set<Listening>()
  const handler = (request: IncomingMessage, response: ServerResponse): void => {
    const method = request.method ?? 'GET'
    answer(registry, rules, request, ending.signal)
      .catch((error: unknown) => failed(error, request, o))
      .then((reply) => writeReply(response, reply, { head: method === 'HEAD' }))
      .then(() => request.resume())
  }
  return {
    handler,
    listen: async ({ host = '127.0.0.1', ...where }) => {
      const listening = await listen(handler, { host, ...where })
      listeners.add(listening)
      return listening
    },
    collect: (how) => collectGarbage(registry, how),
    tidy: (when) => tidy(registry, { ...when, signal: AbortSignal.any([when.signal, ending.signal]) }),
    close: async () => {
      ending.abort()
      await Promise.all([...listeners].map((listening) => listening.close()))
    },
  }
}

async function answer(registry: Registry, rules: readonly AccessRule[], request: IncomingMessage, signal: AbortSignal): Promise<Reply> {
  const { method = 'GET', url: target = '/' } = request
  if (!URL.canParse(target, 'http://registry')) return fault('NAME_INVALID', 'the path is not valid')
  const url = new URL(target, 'http://registry')
  const path = decoded(url.pathname)
  if (path === undefined) return fault('NAME_INVALID', 'the path is not valid')
  for (const rule of rules) {
    const refused = rule({ method, path, authorization: request.headers.authorization })
    if (refused !== undefined) return refused
  }
  const header = (name: string) => {
    const value = request.headers[name]
    return Array.isArray(value) ? value.join(',') : value
  }
  return route({ registry, method, query: url.searchParams, header, request, signal }, path)
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}

/** A client that went away is no failure of ours. */
function failed(error: unknown, request: IncomingMessage, o: RegistryOptions): Reply {
  if (!request.readableAborted) o.onError?.(error)
  return fault('UNKNOWN', 'the registry could not do this; its log says why')
}

async function listen(handler: EmbeddedRegistry['handler'], o: ListenOptions & { readonly host: string }): Promise<Listening> {
  // Uploads of large layers take longer than the usual limit for a whole request.
  const patience = { requestTimeout: 0, keepAliveTimeout: 65_000 }
  const server = serverFor(handler, patience, o)
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(problem('REGISTRY_CANNOT_LISTEN', { address: `${o.host}:${o.port}`, reason: error.message }, { cause: error })))
    server.listen({ host: o.host, port: o.port }, resolve)
  })
  const { port } = server.address() as AddressInfo
  const address = `${o.host.includes(':') ? `[${o.host}]` : o.host}:${port}`
  const close = async () => {
    server.closeAllConnections()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }
  o.signal.addEventListener('abort', () => void close(), { once: true })
  return { address, url: `${o.tls === undefined ? 'http' : 'https'}://${address}`, close }
}

function serverFor(handler: EmbeddedRegistry['handler'], patience: object, { host, port, tls }: ListenOptions) {
  try {
    return tls === undefined ? createServer(patience, handler) : createTlsServer({ ...patience, ...tls }, handler)
  } catch (cause) {
    throw problem('REGISTRY_CANNOT_LISTEN', { address: `${host}:${port}`, reason: `the certificate or its key is wrong: ${String(cause)}` }, { cause })
  }
}
