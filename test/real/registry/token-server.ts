/**
 * A token service as docker's specification has it: it checks each request as the real ones would, and signs what the registry verifies.
 * https://distribution.github.io/distribution/spec/auth/token/ and .../oauth/
 */
import { createSign, X509Certificate } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Pair } from './certificates.ts'

export interface TokenUser {
  readonly password: string
  readonly refreshToken?: string
  /** Repositories that begin so are theirs; all others are refused. */
  readonly prefix: string
}

export interface TokenServerOptions {
  readonly pair: Pair
  readonly issuer: string
  readonly service: string
  readonly users: Readonly<Record<string, TokenUser>>
  /** Refuses the whole request when one scope is not the user's, instead of granting the others. */
  readonly strict?: boolean
  readonly seconds?: number
}

export interface TokenServer {
  readonly realm: string
  /** `ann: repository:ann/app:pull,push` for each token given; `nobody` for anonymous ones. */
  readonly given: string[]
  /** What was wrong with requests, by the specification. */
  readonly faults: string[]
  stop(): Promise<void>
}

interface Question {
  readonly service: string | null
  readonly scopes: readonly string[]
  readonly user: string | undefined
  readonly known: boolean
}

export async function startTokenServer(o: TokenServerOptions): Promise<TokenServer> {
  const given: string[] = []
  const faults: string[] = []
  const server = createServer((request, response) => {
    void answer(request).then(({ status, body }) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)))
  })
  const answer = async (request: IncomingMessage): Promise<{ status: number; body: object }> => {
    const question = await read(request, o)
    if (typeof question === 'string') {
      faults.push(question)
      return { status: 400, body: { errors: [{ code: 'UNSUPPORTED', message: question }] } }
    }
    if (question.user !== undefined && !question.known) return refused(401, 'UNAUTHORIZED', 'incorrect username or password')
    const access = question.scopes.map((scope) => granted(scope, o.users[question.user ?? '']))
    if (o.strict === true && access.some((one) => one.actions.length === 0)) return refused(403, 'DENIED', 'requested access to the resource is denied')
    given.push(`${question.user ?? 'nobody'}: ${question.scopes.join(' ')}`)
    const token = signed({ access: access.filter((one) => one.actions.length > 0), sub: question.user ?? '' }, o)
    return {
      status: 200,
      body: { ...(request.method === 'POST' ? { access_token: token } : { token }), expires_in: o.seconds ?? 300, issued_at: new Date().toISOString() },
    }
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    realm: `http://127.0.0.1:${(server.address() as AddressInfo).port}/auth/token`,
    given,
    faults,
    stop: () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections()),
  }
}

function refused(status: number, code: string, message: string) {
  return { status, body: { errors: [{ code, message }] } }
}

/** The request, or what the specification has against it. */
async function read(request: IncomingMessage, o: TokenServerOptions): Promise<Question | string> {
  const url = new URL(request.url ?? '', 'http://x')
  if (url.pathname !== '/auth/token') return `no such path: ${url.pathname}`
  const question = request.method === 'POST' ? await readForm(request, o) : readQuery(request, url, o)
  if (typeof question === 'string') return question
  if (question.service !== o.service) return `the service should be ${o.service}, not ${question.service}`
  const wrong = question.scopes.find((scope) => !/^repository:[a-z0-9][a-z0-9._/-]*:(pull|push|delete)(,(pull|push|delete))*$/.test(scope))
  return wrong === undefined ? question : `"${wrong}" is no scope`
}

function readQuery(request: IncomingMessage, { searchParams }: URL, o: TokenServerOptions): Question | string {
  if (request.method !== 'GET') return `${request.method} is not for tokens`
  const [scheme, text = ''] = (request.headers.authorization ?? '').split(' ')
  const scopes = searchParams.getAll('scope')
  if (scheme === '') return { service: searchParams.get('service'), scopes, user: undefined, known: false }
  if (scheme !== 'Basic') return `${scheme} is not for token services`
  const [user = '', ...rest] = Buffer.from(text, 'base64').toString('utf8').split(':')
  if (searchParams.get('account') !== user) return 'the account is not that of the credentials'
  if ([...searchParams.values()].some((value) => value === rest.join(':'))) return 'the password is in the URL'
  return { service: searchParams.get('service'), scopes, user, known: o.users[user]?.password === rest.join(':') }
}

async function readForm(request: IncomingMessage, o: TokenServerOptions): Promise<Question | string> {
  if (request.headers['content-type'] !== 'application/x-www-form-urlencoded') return 'the form is no form'
  if (request.headers.authorization !== undefined) return 'credentials beside the refresh token'
  const form = new URLSearchParams(Buffer.concat(await request.toArray()).toString('utf8'))
  if (form.get('grant_type') !== 'refresh_token') return `the grant type ${form.get('grant_type')} is not known`
  if ((form.get('client_id') ?? '') === '') return 'the client does not say its name'
  const token = form.get('refresh_token')
  const user = Object.entries(o.users).find(([, one]) => one.refreshToken === token)?.[0]
  return {
    service: form.get('service'),
    scopes: (form.get('scope') ?? '').split(' ').filter((scope) => scope !== ''),
    user: user ?? 'unknown',
    known: user !== undefined,
  }
}

function granted(scope: string, user: TokenUser | undefined) {
  const [type = '', name = '', actions = ''] = scope.split(':')
  const own = user !== undefined && name.startsWith(user.prefix)
  const open = name.startsWith('public/') ? actions.split(',').filter((action) => action === 'pull') : []
  return { type, name, actions: own ? actions.split(',') : open }
}

/** A JSON web token with the chain of its certificate, which the registry holds against its bundle of roots. */
function signed(claims: { readonly access: readonly object[]; readonly sub: string }, o: TokenServerOptions): string {
  const now = Math.floor(Date.now() / 1000)
  const chain = [new X509Certificate(o.pair.cert).raw.toString('base64')]
  const header = { typ: 'JWT', alg: 'RS256', x5c: chain }
  const body = { iss: o.issuer, aud: o.service, exp: now + (o.seconds ?? 300), nbf: now - 10, iat: now, jti: String(Math.random()), ...claims }
  const text = [header, body].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  return `${text}.${createSign('RSA-SHA256').update(text).sign(o.pair.key).toString('base64url')}`
}
