/** A Docker Engine for tests: a server on a unix socket that answers as real ones do (shapes of Docker 20.10 to 28). */
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

export interface FakeEngineOptions {
  /** Undefined: no header, as something that is no Docker answers. */
  readonly api?: string | undefined
  /** Lines that end every load. */
  readonly loadAnswer?: readonly object[]
  /** Answers everything but the ping. */
  readonly instead?: (request: IncomingMessage, response: ServerResponse) => void
}

export interface FakeEngine {
  readonly host: string
  readonly socket: string
  /** Archives by name; `save` gives the bytes back. */
  readonly images: Map<string, Buffer>
  /** Method and path of each request. */
  readonly requests: string[]
}

export async function fakeEngine(o: FakeEngineOptions = {}): Promise<FakeEngine> {
  const dir = await mkdtemp(join(tmpdir(), 'engine-'))
  const socket = join(dir, 'docker.sock')
  const images = new Map<string, Buffer>()
  const requests: string[] = []
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`)
    if ('api' in o ? o.api !== undefined : true) response.setHeader('api-version', o.api ?? '1.49')
    if (request.url === '/_ping') response.end('OK')
    else if (o.instead !== undefined) o.instead(request, response)
    else void answer(request, response, { images, loadAnswer: o.loadAnswer })
  })
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await rm(dir, { recursive: true, force: true })
  })
  return { host: `unix://${socket}`, socket, images, requests }
}

type State = { readonly images: Map<string, Buffer>; readonly loadAnswer: readonly object[] | undefined }

async function answer(request: IncomingMessage, response: ServerResponse, o: State): Promise<void> {
  const url = new URL(request.url ?? '', 'http://docker')
  const path = url.pathname.replace(/^\/v1\.\d+/, '')
  const inspected = /^\/images\/(.+)\/json$/.exec(path)?.[1]
  if (path === '/version') json(response, 200, { Version: '28.2.2', ApiVersion: '1.50', Os: 'linux', Arch: 'amd64', KernelVersion: '6.1' })
  else if (path === '/images/load') await load(request, response, o)
  else if (path === '/images/get') save(url.searchParams.getAll('names'), response, o)
  else if (path === '/images/json')
    json(
      response,
      200,
      [...o.images].map(([name, bytes]) => listed(name, bytes)),
    )
  else if (inspected !== undefined) inspect(decodeURIComponent(inspected), response, o)
  else json(response, 404, { message: 'page not found' })
}

async function load(request: IncomingMessage, response: ServerResponse, { images, loadAnswer }: State): Promise<void> {
  const archive = Buffer.concat(await request.toArray())
  response.setHeader('content-type', 'application/json')
  if (loadAnswer === undefined) images.set('acme/app:1', archive)
  for (const line of loadAnswer ?? [{ stream: 'Loaded image: acme/app:1\n' }]) response.write(`${JSON.stringify(line)}\r\n`)
  response.end()
}

function save(names: readonly string[], response: ServerResponse, { images }: State): void {
  const missing = names.find((name) => !images.has(name))
  if (missing !== undefined) json(response, 404, { message: `reference does not exist: ${missing}` })
  else response.setHeader('content-type', 'application/x-tar').end(images.get(names[0] ?? ''))
}

function inspect(name: string, response: ServerResponse, { images }: State): void {
  const bytes = images.get(name)
  const facts = { Created: '2024-01-02T03:04:05Z', Architecture: 'amd64', Variant: '', Os: 'linux', RootFS: { Type: 'layers', Layers: ['sha256:aa'] } }
  if (bytes === undefined) json(response, 404, { message: `No such image: ${name}` })
  else json(response, 200, { ...listed(name, bytes), ...facts })
}

function listed(name: string, bytes: Buffer) {
  return {
    Id: `sha256:${'a'.repeat(64)}`,
    RepoTags: [name],
    RepoDigests: null,
    ParentId: '',
    Created: 1_700_000_000,
    Size: bytes.length,
    Labels: null,
    Containers: -1,
  }
}

function json(response: ServerResponse, status: number, body: object): void {
  response.statusCode = status
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(body))
}
