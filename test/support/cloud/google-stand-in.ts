/** Google's token endpoint, security token service, IAM credentials and metadata server: each request is checked as theirs do. */
import type { HostMapping } from '../../../src/registry/endpoint.ts'
import { type IdentityProvider, publicKeyOf, readToken } from './identity-provider.ts'
import { type Asked, formOf, type Reply, startStandIn } from './stand-in.ts'

export interface GoogleStandInOptions {
  /** Private keys of service accounts, PEM. */
  readonly accounts?: Readonly<Record<string, string>>
  readonly federation?: {
    readonly provider: IdentityProvider
    readonly audience: string
    /** Subjects that may act as an account. */
    readonly mayActAs: Readonly<Record<string, readonly string[]>>
  }
  /** The token that everyone gets in the end. */
  readonly token?: string
}

export interface GoogleStandIn {
  readonly url: string
  readonly hosts: readonly HostMapping[]
  /** What was granted, in order. */
  readonly calls: string[]
  stop(): Promise<void>
}

const scope = 'https://www.googleapis.com/auth/cloud-platform'

export async function startGoogle(o: GoogleStandInOptions = {}): Promise<GoogleStandIn> {
  const calls: string[] = []
  const federated = new Map<string, string>()
  const finalToken = o.token ?? 'google-token'
  const granted = (call: string, body: object): Reply => {
    calls.push(call)
    return { status: 200, body }
  }

  function keyGrant(asked: Asked): Reply {
    const form = formOf(asked)
    if (typeof form === 'string') return oauth(400, 'invalid_request', form)
    if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer')
      return oauth(400, 'unsupported_grant_type', `Invalid grant_type: ${form.get('grant_type')}`)
    const assertion = form.get('assertion') ?? ''
    const claims = JSON.parse(Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString() || '{}') as Readonly<Record<string, unknown>>
    const account = String(claims['iss'])
    const pem = o.accounts?.[account]
    if (pem === undefined) return oauth(400, 'invalid_grant', 'Invalid grant: account not found')
    const now = Date.now() / 1000
    const [iat, exp] = [Number(claims['iat']), Number(claims['exp'])]
    if (exp < now || iat > now + 60 || exp - iat > 3600)
      return oauth(
        400,
        'invalid_grant',
        'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.',
      )
    const read = readToken(assertion, { RS256: publicKeyOf(pem) })
    if (typeof read === 'string') return oauth(400, 'invalid_grant', 'Invalid JWT Signature.')
    if (claims['aud'] !== 'https://oauth2.googleapis.com/token') return oauth(400, 'invalid_grant', 'Invalid JWT: Failed audience check.')
    if (claims['scope'] !== scope) return oauth(400, 'invalid_scope', 'Invalid OAuth scope or ID token audience provided.')
    return granted(`key ${account}`, { access_token: finalToken, expires_in: 3599, token_type: 'Bearer' })
  }

  function exchange(asked: Asked): Reply {
    const form = formOf(asked)
    if (typeof form === 'string') return oauth(400, 'invalid_request', form)
    if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:token-exchange') return oauth(400, 'unsupported_grant_type', 'grant_type')
    if (
      form.get('requested_token_type') !== 'urn:ietf:params:oauth:token-type:access_token' ||
      form.get('subject_token_type') !== 'urn:ietf:params:oauth:token-type:jwt'
    )
      return oauth(400, 'invalid_request', 'Invalid value for "subject_token_type".')
    if (form.get('scope') !== scope) return oauth(400, 'invalid_scope', 'scope')
    if (o.federation === undefined || form.get('audience') !== o.federation.audience)
      return oauth(400, 'invalid_target', 'The target service indicated by the "audience" parameters is invalid.')
    const claims = o.federation.provider.judge(form.get('subject_token') ?? '', { audience: `https:${o.federation.audience}` })
    if (claims === 'expired') return oauth(400, 'invalid_grant', 'ID Token issued at 1 is stale to sign-in.')
    if (typeof claims === 'string') return oauth(400, 'invalid_grant', `The audience in ID Token or its signature does not match: ${claims}`)
    const token = `federated-${federated.size + 1}`
    federated.set(token, String(claims['sub']))
    return granted(`exchange ${String(claims['sub'])}`, {
      access_token: token,
      issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      token_type: 'Bearer',
      expires_in: 3600,
    })
  }

  function impersonate(asked: Asked, account: string): Reply {
    const subject = federated.get((asked.headers.authorization ?? '').replace(/^Bearer /, ''))
    if (subject === undefined) return google(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.')
    if (o.federation?.mayActAs[account]?.includes(subject) !== true)
      return google(403, 'PERMISSION_DENIED', "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist).")
    const { scope: scopes, lifetime } = JSON.parse(asked.body) as { readonly scope?: readonly string[]; readonly lifetime?: string }
    if (scopes?.[0] !== scope || lifetime !== '3600s') return google(400, 'INVALID_ARGUMENT', 'Request contains an invalid argument.')
    return granted(`impersonate ${account} by ${subject}`, { accessToken: finalToken, expireTime: new Date(Date.now() + 3_600_000).toISOString() })
  }

  function metadata(asked: Asked): Reply {
    const headers = { 'metadata-flavor': 'Google', server: 'Metadata Server for VM' }
    if (asked.headers['metadata-flavor'] !== 'Google') return { status: 403, headers, body: 'Missing Metadata-Flavor:Google header.' }
    if (asked.headers['x-forwarded-for'] !== undefined) return { status: 403, headers, body: 'X-Forwarded-For' }
    return { ...granted('metadata', { access_token: finalToken, expires_in: 3000, token_type: 'Bearer' }), headers }
  }

  const { url, stop } = await startStandIn((asked) => {
    const { pathname } = asked.url
    const account = /^\/v1\/projects\/-\/serviceAccounts\/([^:]+):generateAccessToken$/.exec(pathname)?.[1]
    if (pathname.startsWith('/computeMetadata/v1/instance/service-accounts/default/token')) return metadata(asked)
    if (asked.method !== 'POST') return google(404, 'NOT_FOUND', pathname)
    if (asked.host === 'iamcredentials.googleapis.com' && account !== undefined) return impersonate(asked, decodeURIComponent(account))
    if (asked.host === 'sts.googleapis.com' && pathname === '/v1/token') return exchange(asked)
    return asked.host === 'oauth2.googleapis.com' && pathname === '/token' ? keyGrant(asked) : google(404, 'NOT_FOUND', pathname)
  })
  return { url, hosts: [{ match: '*.googleapis.com', endpoint: url }], calls, stop }
}

function oauth(status: number, error: string, error_description: string): Reply {
  return { status, body: { error, error_description } }
}

function google(code: number, status: string, message: string): Reply {
  return { status: code, body: { error: { code, message, status } } }
}
