/** Entra, the identity service of machines and the exchange of a registry: each request is checked as Azure does. */
import { X509Certificate } from 'node:crypto'
import type { HostMapping } from '../../../src/registry/endpoint.ts'
import { type IdentityProvider, readToken } from './identity-provider.ts'
import { type Asked, formOf, type Reply, startStandIn } from './stand-in.ts'

export interface AzureClient {
  readonly tenant: string
  readonly secret?: string
  readonly secretExpired?: boolean
  /** PEM. */
  readonly certificate?: string
  /** Subject of an identity token of the provider. */
  readonly subject?: string
  /** May not log in to the registry. */
  readonly noRole?: boolean
}

export interface AzureStandInOptions {
  readonly clients?: Readonly<Record<string, AzureClient>>
  readonly provider?: IdentityProvider
  /** Managed identities; the first is the machine's own. */
  readonly identities?: readonly string[]
  readonly registry: string
  /** What the exchange gives. */
  readonly refreshToken?: string
  /** What everyone gets for storage, where something else takes it. */
  readonly storageToken?: string
}

export interface AzureStandIn {
  readonly url: string
  readonly hosts: readonly HostMapping[]
  readonly calls: string[]
  stop(): Promise<void>
}

/** Beginnings of the tokens for each service. */
const audiences: Readonly<Record<string, string>> = { 'https://containerregistry.azure.net': 'aad-token', 'https://storage.azure.com': 'storage-token' }

export async function startAzure(o: AzureStandInOptions): Promise<AzureStandIn> {
  const calls: string[] = []
  const tokens = new Map<string, string>()
  const tokenFor = (client: string, call: string, audience: string): string => {
    calls.push(call)
    const own = audience === 'https://storage.azure.com' ? o.storageToken : undefined
    const token = own ?? `${audiences[audience]}-${tokens.size + 1}`
    tokens.set(token, client)
    return token
  }

  function entra(asked: Asked, tenant: string): Reply {
    const form = formOf(asked)
    if (typeof form === 'string') return fault(400, 'invalid_request', 900144, form)
    const id = form.get('client_id') ?? ''
    const client = o.clients?.[id]
    if (form.get('grant_type') !== 'client_credentials') return fault(400, 'unsupported_grant_type', 70003, 'The app requested an unsupported grant type')
    const audience = (form.get('scope') ?? '').replace(/\/\.default$/, '')
    if (audiences[audience] === undefined) return fault(400, 'invalid_resource', 500011, `The resource principal named ${form.get('scope')} was not found`)
    if (client === undefined || client.tenant !== tenant)
      return fault(400, 'unauthorized_client', 700016, `Application with identifier '${id}' was not found in the directory '${tenant}'.`)
    const complaint = form.has('client_secret') ? wrongSecret(client, form.get('client_secret') ?? '') : wrongAssertion(id, client, form, tokenUrl(tenant))
    if (complaint !== undefined) return complaint
    const how = form.has('client_secret') ? 'secret' : client.subject === undefined ? 'certificate' : 'federated'
    return {
      status: 200,
      body: { token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599, access_token: tokenFor(id, `${how} ${id} of ${tenant}`, audience) },
    }
  }

  function wrongAssertion(id: string, client: AzureClient, form: URLSearchParams, url: string): Reply | undefined {
    const text = form.get('client_assertion')
    if (text === null)
      return fault(401, 'invalid_client', 7000218, "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.")
    if (form.get('client_assertion_type') !== 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
      return fault(400, 'invalid_request', 90023, 'client_assertion_type')
    if (client.subject !== undefined) {
      const claims = o.provider?.judge(text, { audience: 'api://AzureADTokenExchange' }) ?? 'issuer'
      if (claims === 'expired') return fault(401, 'invalid_client', 700024, 'Client assertion is not within its valid time range.')
      if (typeof claims === 'string' || claims['sub'] !== client.subject)
        return fault(
          401,
          'invalid_client',
          700213,
          `No matching federated identity record found for presented assertion ${typeof claims === 'string' ? claims : 'subject'}.`,
        )
      return undefined
    }
    const certificate = new X509Certificate(client.certificate ?? '')
    const read = readToken(text, { PS256: certificate.publicKey, RS256: certificate.publicKey })
    if (read === 'expired' || read === 'not yet valid') return fault(401, 'invalid_client', 700024, 'Client assertion is not within its valid time range.')
    if (typeof read === 'string') return fault(401, 'invalid_client', 700027, `Client assertion failed signature validation (${read}).`)
    const thumbprint = Buffer.from(certificate.fingerprint256.replaceAll(':', ''), 'hex').toString('base64url')
    const { header, claims } = read
    if (header['x5t#S256'] !== thumbprint) return fault(401, 'invalid_client', 700027, 'The certificate used to sign the client assertion is not registered')
    if (claims['aud'] !== url) return fault(401, 'invalid_client', 50013, `Assertion failed audience validation: ${String(claims['aud'])}`)
    const lasts = Number(claims['exp']) - Number(claims['nbf'])
    if (claims['iss'] !== id || claims['sub'] !== id || !claims['jti'] || lasts > 600)
      return fault(401, 'invalid_client', 700021, 'Client assertion application identifier mismatch')
    return undefined
  }

  function imds(asked: Asked): Reply {
    const query = asked.url.searchParams
    const appService = asked.headers['x-identity-header'] !== undefined
    if (!appService && asked.headers['metadata'] !== 'true')
      return { status: 400, body: { error: 'invalid_request', error_description: 'Required metadata header not specified' } }
    if (appService && asked.headers['x-identity-header'] !== 'header-secret')
      return { status: 401, body: { error: 'unauthorized', error_description: 'wrong header' } }
    if (query.get('api-version') !== (appService ? '2019-08-01' : '2018-02-01'))
      return { status: 400, body: { error: 'invalid_request', error_description: 'Invalid api-version' } }
    const audience = query.get('resource') ?? ''
    if (audiences[audience] === undefined)
      return { status: 400, body: { error: 'invalid_resource', error_description: 'AADSTS500011: The resource principal was not found' } }
    const client = query.get('client_id') ?? o.identities?.[0] ?? ''
    if (o.identities?.includes(client) !== true) return { status: 400, body: { error: 'invalid_request', error_description: 'Identity not found' } }
    const token = tokenFor(client, `managed ${client}${appService ? ' beside an app' : ''}`, audience)
    return { status: 200, body: { access_token: token, expires_in: '86399', expires_on: '1', resource: audience, token_type: 'Bearer' } }
  }

  function exchange(asked: Asked): Reply {
    const form = formOf(asked)
    if (typeof form === 'string' || form.get('grant_type') !== 'access_token') return acrFault(400, 'UNSUPPORTED', 'grant_type')
    if (form.get('service') !== o.registry) return acrFault(400, 'UNSUPPORTED', `service ${form.get('service')}`)
    const token = form.get('access_token') ?? ''
    const client = token.startsWith('aad-token') ? tokens.get(token) : undefined
    const known = o.clients?.[client ?? '']
    const tenant = form.get('tenant')
    if (client === undefined || known?.noRole === true || (tenant !== null && tenant !== known?.tenant))
      return acrFault(401, 'UNAUTHORIZED', 'authentication required, visit https://aka.ms/acr/authorization for more information.')
    calls.push(`exchange ${client}`)
    return { status: 200, body: { refresh_token: o.refreshToken ?? 'acr-refresh-token' } }
  }

  const { url, stop } = await startStandIn((asked) => {
    const tenant = /^\/([^/]+)\/oauth2\/v2\.0\/token$/.exec(asked.url.pathname)?.[1]
    if (asked.host === 'login.microsoftonline.com' && tenant !== undefined && asked.method === 'POST') return entra(asked, tenant)
    if (asked.url.pathname === '/metadata/identity/oauth2/token' && asked.method === 'GET') return imds(asked)
    if (asked.host === o.registry && asked.url.pathname === '/oauth2/exchange' && asked.method === 'POST') return exchange(asked)
    return { status: 404, body: { error: 'not_found', error_description: `${asked.method} ${asked.host}${asked.url.pathname}` } }
  })
  const hosts = [
    { match: 'login.microsoftonline.com', endpoint: url },
    { match: o.registry, endpoint: url },
  ]
  return { url, hosts, calls, stop }
}

function tokenUrl(tenant: string): string {
  return `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`
}

function wrongSecret({ secret, secretExpired }: AzureClient, given: string): Reply | undefined {
  if (secret !== given)
    return fault(401, 'invalid_client', 7000215, 'Invalid client secret provided. Ensure the secret being sent in the request is the client secret value.')
  return secretExpired === true ? fault(401, 'invalid_client', 7000222, 'The provided client secret keys for app are expired.') : undefined
}

function fault(status: number, error: string, number: number, text: string): Reply {
  const error_description = `AADSTS${number}: ${text}\r\nTrace ID: t Correlation ID: c Timestamp: x`
  return { status, body: { error, error_description, error_codes: [number], timestamp: 'x', trace_id: 't', correlation_id: 'c' } }
}

function acrFault(status: number, code: string, message: string): Reply {
  return { status, body: { errors: [{ code, message }] } }
}
