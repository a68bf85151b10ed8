/** Requests to answers: the guard, the routes of the table, the page. */
import { Hono } from 'hono'
import * as v from 'valibot'
import { problem } from '../base/problem.ts'
import { failureOf } from './failure.ts'
import { foreign, type OwnNames } from './guard/own-pages.ts'
import { type BodyLimits, readBody, usualLimits } from './guard/read-body.ts'
import { safetyHeaders } from './guard/safety-headers.ts'
import { noCookie, type TokenRule } from './guard/token.ts'
import { openApi } from './open-api.ts'
import { type PageFiles, pageFile } from './page-files.ts'
import type { ServerParts } from './parts.ts'
import type { Answer, Asked, Fields, Route } from './route.ts'
import { routes } from './routes.ts'
import { streamOf } from './stream-of.ts'

export interface AppOptions extends OwnNames {
  readonly parts: ServerParts
  readonly token?: TokenRule
  readonly page?: PageFiles
  readonly limits?: BodyLimits
  /** Hears of defects. */
  readonly tell: (text: string) => void
}

const sessionBody = v.object({ token: v.string() })

export function serverApp(o: AppOptions): Hono {
  const app = new Hono()
  app.use(async (c, next) => {
    await next()
    for (const [name, value] of Object.entries(safetyHeaders)) c.res.headers.set(name, value)
    if (c.req.path.startsWith('/api/')) c.res.headers.set('cache-control', 'no-store')
  })
  app.onError((error) => {
    const { status, body } = failureOf(error, o.tell)
    return Response.json(body, { status })
  })
  app.use('/api/*', async (c, next) => {
    const what = foreign(c.req.raw, o)
    if (what !== undefined) throw problem('API_ORIGIN_REFUSED', { what })
    if (c.req.path !== '/api/session' && o.token?.admits(c.req.raw.headers) === false) throw problem('API_TOKEN_NEEDED', {})
    await next()
  })
  // For browsers, which cannot send a header with a stream.
  app.post('/api/session', async (c) => {
    const { token } = checked(sessionBody, await readBody(c.req.raw, o.limits ?? usualLimits), 'body')
    if (o.token?.isToken(token) === false) throw problem('API_TOKEN_NEEDED', {})
    return c.json({ signedIn: true }, 200, o.token === undefined ? {} : { 'set-cookie': o.token.cookie })
  })
  app.delete('/api/session', (c) => c.json({ signedIn: false }, 200, { 'set-cookie': noCookie }))
  const document = openApi(routes, o.parts.version)
  app.get('/api/openapi.json', (c) => c.json(document))
  for (const route of routes)
    app.on(route.method.toUpperCase(), route.path.replaceAll(/\{(\w+)\}/g, ':$1'), async (c) => {
      if (route.writes && o.parts.readOnly) throw problem('API_READ_ONLY', {})
      return respond(route, await ask(route, c.req.raw, c.req.param(), o), o)
    })
  app.all('/api/*', (c) => {
    throw problem('API_ROUTE_UNKNOWN', { method: c.req.method, path: c.req.path })
  })
  app.get('*', (c) => pageAnswer(c.req.raw, c.req.path, o.page))
  return app
}

async function ask(route: Route, request: Request, params: Readonly<Record<string, string>>, o: AppOptions): Promise<Asked<unknown, unknown, unknown>> {
  const query = Object.fromEntries(new URL(request.url).searchParams)
  return {
    params: checked(objectOf(route.params), params, 'path'),
    query: checked(objectOf(route.query), query, 'query'),
    body: route.body === undefined ? undefined : checked(route.body, await readBody(request, o.limits ?? usualLimits), 'body'),
    lastEventId: request.headers.get('last-event-id') ?? undefined,
    signal: AbortSignal.any([request.signal, o.parts.signal]),
  }
}

/** What nobody knows is refused: a filter with a wrong letter would otherwise show everything. */
function objectOf(fields: Fields): v.GenericSchema {
  return v.strictObject({ ...fields })
}

function checked<S extends v.GenericSchema>(schema: S, value: unknown, where: string): v.InferOutput<S> {
  const read = v.safeParse(schema, value)
  if (read.success) return read.output
  const [first] = read.issues
  const place = v.getDotPath(first) ?? ''
  throw problem('API_REQUEST_BAD', { what: `${where}${place === '' ? '' : ` ${place}`}: ${first.message}` })
}

async function respond(route: Route, asked: Asked<unknown, unknown, unknown>, { parts, tell }: AppOptions): Promise<Response> {
  const answer: Answer = await route.handle(asked, parts)
  if (answer.kind === 'json') return Response.json(answer.value, { status: route.answer.status })
  const type = answer.type === 'text/plain' ? 'text/plain; charset=utf-8' : answer.type
  return new Response(streamOf(answer.parts, { signal: asked.signal, tell }), {
    headers: { ...answer.headers, 'content-type': type, 'x-accel-buffering': 'no' },
  })
}

const notBuilt = 'The page is not here: it is built by `npm run build`. The API is, at /api/openapi.json.\n'

function pageAnswer(request: Request, path: string, page: PageFiles | undefined): Response {
  const file = page === undefined ? undefined : pageFile(page, path)
  if (file === undefined) return new Response(page === undefined ? notBuilt : 'There is no such page.\n', { status: 404 })
  const headers = {
    etag: file.etag,
    vary: 'accept-encoding',
    'content-type': file.type,
    'cache-control': file.lasting ? 'public, max-age=31536000, immutable' : 'no-cache',
  }
  if (request.headers.get('if-none-match') === file.etag) return new Response(null, { status: 304, headers })
  const packed = /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '') ? file.gzip : undefined
  return new Response(packed ?? file.bytes, { headers: { ...headers, ...(packed !== undefined && { 'content-encoding': 'gzip' }) } })
}
