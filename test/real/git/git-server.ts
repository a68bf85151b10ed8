/** Repositories over http(s), as servers have them: git's own http-backend behind basic auth, with the LFS protocol beside it. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, existsSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

export interface GitServerOptions {
  /** Holds NAME.git folders. */
  readonly root: string
  readonly user?: { readonly name: string; readonly password: string }
  readonly tls?: { readonly cert: string; readonly key: string }
  /** Sees every request first; `true`: it has answered, or never will. */
  readonly before?: (request: IncomingMessage, response: ServerResponse) => boolean
}

export interface GitServer extends AsyncDisposable {
  readonly url: string
  readonly port: number
}

export async function gitServer(o: GitServerOptions): Promise<GitServer> {
  const backend = join(execFileSync('git', ['--exec-path'], { encoding: 'utf8' }).trim(), 'git-http-backend')
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    if (o.before?.(request, response) === true) return
    if (!isLetIn(request, o)) return void response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end()
    if (request.url?.includes('/info/lfs/') === true) return void lfs(request, response, o)
    cgi(backend, request, response, o)
  }
  const server = o.tls === undefined ? createServer(answer) : createSecureServer(o.tls, answer)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `${o.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function isLetIn({ headers }: IncomingMessage, { user }: GitServerOptions): boolean {
  return user === undefined || headers.authorization === `Basic ${Buffer.from(`${user.name}:${user.password}`).toString('base64')}`
}

function cgi(backend: string, request: IncomingMessage, response: ServerResponse, { root, user }: GitServerOptions): void {
  const { pathname, search } = new URL(request.url ?? '/', 'http://localhost')
  const child = spawn(backend, [], {
    env: {
      PATH: process.env['PATH'],
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_CONFIG_COUNT: '2',
      GIT_CONFIG_KEY_0: 'safe.directory',
      GIT_CONFIG_VALUE_0: '*',
      GIT_CONFIG_KEY_1: 'uploadpack.allowReachableSHA1InWant',
      GIT_CONFIG_VALUE_1: 'true',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      PATH_INFO: decodeURIComponent(pathname),
      QUERY_STRING: search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      CONTENT_LENGTH: request.headers['content-length'] ?? '',
      HTTP_CONTENT_ENCODING: String(request.headers['content-encoding'] ?? ''),
      REMOTE_USER: user?.name ?? '',
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  request.pipe(child.stdin)
  child.stdin.on('error', () => undefined)
  response.on('close', () => child.kill())
  let head = Buffer.alloc(0)
  child.stdout.on('data', function read(chunk: Buffer) {
    head = Buffer.concat([head, chunk])
    const end = head.indexOf('\r\n\r\n')
    if (end < 0) return
    child.stdout.off('data', read)
    const lines = head.subarray(0, end).toString('latin1').split('\r\n')
    const fields = lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()] as const)
    const status = Number(fields.find(([name]) => name.toLowerCase() === 'status')?.[1].slice(0, 3) ?? 200)
    response.writeHead(status, Object.fromEntries(fields.filter(([name]) => name.toLowerCase() !== 'status')))
    response.write(head.subarray(end + 4))
    child.stdout.pipe(response)
  })
}

/** Batch requests for downloads, and the objects themselves, from the repository's own lfs folder. */
async function lfs(request: IncomingMessage, response: ServerResponse, { root }: GitServerOptions): Promise<void> {
  const [repository = '', rest = ''] = (request.url ?? '').slice(1).split('/info/lfs/')
  if (request.method === 'GET') {
    const oid = rest.split('/').at(-1) ?? ''
    const file = join(root, repository, 'lfs', 'objects', oid.slice(0, 2), oid.slice(2, 4), oid)
    if (!existsSync(file)) return void response.writeHead(404).end()
    return void createReadStream(file).pipe(response)
  }
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  const { objects = [] } = JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}') as { objects?: { oid: string; size: number }[] }
  const base = `http://${request.headers.host}/${repository}/info/lfs/objects`
  const found = objects.map(({ oid, size }) => ({ oid, size, authenticated: false, actions: { download: { href: `${base}/${oid}` } } }))
  response.writeHead(200, { 'content-type': 'application/vnd.git-lfs+json' }).end(JSON.stringify({ transfer: 'basic', objects: found }))
}
