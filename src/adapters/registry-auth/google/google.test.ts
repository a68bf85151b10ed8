/** Signing in to Google in every way, against services that check each request as Google does. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cloudWorld } from '../../../../test/support/cloud/cloud-world.ts'
import { type GoogleStandIn, startGoogle } from '../../../../test/support/cloud/google-stand-in.ts'
import { type IdentityProvider, identityProvider } from '../../../../test/support/cloud/identity-provider.ts'
import { readIdentity } from '../../../../test/support/cloud/read-connector.ts'
import { tempProject } from '../../../../test/support/temp-project.ts'
import type { Diagnostic } from '../../../base/diagnostic.ts'
import type { LoginSettings } from '../../../image-job/login.ts'
import { isGoogleHost } from './google-host.ts'

const signal = new AbortController().signal
const account = 'pusher@acme.iam.gserviceaccount.com'
const audience = '//iam.googleapis.com/projects/42/locations/global/workloadIdentityPools/ci/providers/harness'
const manual = 'type: Gcp, spec: {credential: {type: ManualConfig, spec: {secretKeyRef: key}}}'
const inherit = 'type: Gcp, spec: {credential: {type: InheritFromDelegate}}'
const oidc = `type: Gcp, spec: {credential: {type: OidcAuthentication, spec: {workloadPoolId: ci, providerId: harness, gcpProjectId: "42", serviceAccountEmail: ${account}}}}`

let provider: IdentityProvider
let stranger: IdentityProvider
let google: GoogleStandIn
beforeAll(async () => {
  provider = identityProvider('https://ci.example')
  stranger = identityProvider('https://ci.example')
  google = await startGoogle({ accounts: { [account]: provider.privatePem }, federation: { provider, audience, mayActAs: { [account]: ['pipeline:p'] } } })
})
afterAll(() => google.stop())

const key = (more: object = {}) =>
  JSON.stringify({
    type: 'service_account',
    client_email: account,
    private_key: provider.privatePem,
    private_key_id: 'k1',
    token_uri: 'https://oauth2.googleapis.com/token',
    ...more,
  })
const token = (claims: object = {}) => provider.token({ sub: 'pipeline:p', aud: `https:${audience}`, ...claims })
const federation = { projectNumber: '42', poolId: 'ci', providerId: 'harness', serviceAccountEmail: account }

interface Given {
  readonly settings?: LoginSettings
  readonly env?: Readonly<Record<string, string>>
  readonly secret?: string
  readonly skewMs?: number
}

async function login(body: string, { settings, env, secret = key(), skewMs = 0 }: Given = {}) {
  const plain = cloudWorld({ hosts: google.hosts, ...(env !== undefined && { env }) })
  const world = { ...plain, clock: { ...plain.clock, now: () => Date.now() + skewMs } }
  google.calls.length = 0
  const identity = readIdentity(body, { world, secrets: { key: secret }, ...(settings !== undefined && { settings }) })
  const [found] = await identity.logins.logins({ registry: 'europe-docker.pkg.dev', repository: 'acme/app' }, { signal })
  return { credentials: await found?.credentials({ signal }), from: found?.from, calls: [...google.calls], secrets: plain.secrets }
}

async function refused(body: string, given: Given = {}): Promise<Diagnostic> {
  const failure: unknown = await login(body, given).catch((error: unknown) => error)
  return (failure as { readonly diagnostic: Diagnostic }).diagnostic
}

const good = { kind: 'basic', username: 'oauth2accesstoken', password: 'google-token', until: expect.any(Number) }

describe('a login for Google’s registries', () => {
  it('comes from the key of a service account, plain or base64', async () => {
    const { credentials, calls, from, secrets } = await login(manual)
    expect([credentials, calls, from]).toEqual([good, [`key ${account}`], 'connector cloud (the service account key key of the connector)'])
    expect(secrets).toContain('google-token')
    expect((await login(inherit, { settings: { jsonKey: Buffer.from(key()).toString('base64') } })).calls).toEqual([`key ${account}`])
  })

  it('comes from an identity token by way of the federation, as the service account', async () => {
    const calls = ['exchange pipeline:p', `impersonate ${account} by pipeline:p`]
    const own = await login(manual, { settings: { ...federation, oidcToken: token() } })
    expect([own.credentials, own.calls]).toEqual([good, calls])
    expect(own.from).toBe(`connector cloud (the identity token of PLUGIN_OIDC_TOKEN_ID as ${account})`)
    expect((await login(oidc, { env: { SLIPWAY_OIDC_TOKEN: token() } })).calls).toEqual(calls)
  })

  it('comes from the metadata server, or the file that the environment names', async () => {
    const host = google.url.replace('http://', '')
    expect((await login(inherit, { env: { GCE_METADATA_HOST: host } })).calls).toEqual(['metadata'])
    expect((await login(manual, { settings: { workloadIdentity: 'true' }, env: { GCE_METADATA_HOST: host } })).calls).toEqual(['metadata'])
    const { dir } = tempProject({ 'key.json': key() })
    expect((await login(inherit, { env: { GOOGLE_APPLICATION_CREDENTIALS: `${dir}/key.json` } })).calls).toEqual([`key ${account}`])
  })

  it('follows a file of the federation', async () => {
    const files = tempProject({ token: token() })
    const external = {
      type: 'external_account',
      audience,
      credential_source: { file: files.path('token') },
      service_account_impersonation_url: `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${account}:generateAccessToken`,
    }
    expect((await login(inherit, { settings: { jsonKey: JSON.stringify(external) } })).calls).toEqual([
      'exchange pipeline:p',
      `impersonate ${account} by pipeline:p`,
    ])
  })

  it('may be an access token as it is', async () => {
    const { credentials, calls } = await login(manual, { settings: { accessToken: 'given' } })
    expect([credentials, calls]).toEqual([{ kind: 'basic', username: 'oauth2accesstoken', password: 'given' }, []])
  })

  it.each([
    ['gcr.io', true],
    ['eu.gcr.io', true],
    ['us-west1-docker.pkg.dev', true],
    ['notgcr.io', false],
    ['pkg.dev.example', false],
  ])('is for %s: %s', (name, expected) => {
    expect(isGoogleHost(name)).toBe(expected)
  })
})

describe('Google says no', () => {
  it.each([
    ['a key that was deleted', manual, () => ({ secret: key({ private_key: stranger.privatePem }) }), 'CLOUD_CREDENTIALS_REFUSED', 'Invalid JWT Signature.'],
    ['an account that is not there', manual, () => ({ secret: key({ client_email: 'x@y' }) }), 'CLOUD_CREDENTIALS_REFUSED', 'account not found'],
    ['a clock that is wrong', manual, () => ({ skewMs: 3 * 3_600_000 }), 'CLOUD_CLOCK_OFF', 'reasonable timeframe'],
    ['a key file that is cut', manual, () => ({ secret: key().slice(0, 40) }), 'CLOUD_CREDENTIALS_UNREADABLE', 'it is not JSON'],
    ['a key file without a key', manual, () => ({ secret: key({ private_key: undefined }) }), 'CLOUD_CREDENTIALS_UNREADABLE', '"private_key"'],
    ['a key that is none', manual, () => ({ secret: key({ private_key: 'no pem' }) }), 'CLOUD_CREDENTIALS_UNREADABLE', 'no private key in PEM'],
    ['a connector without a key', manual.replace('secretKeyRef: key', ''), () => ({}), 'CONNECTOR_INCOMPLETE', 'credential.spec.secretKeyRef'],
    [
      'an identity token of somebody else',
      oidc,
      () => ({ env: { SLIPWAY_OIDC_TOKEN: stranger.token({ sub: 'pipeline:p', aud: `https:${audience}` }) } }),
      'CLOUD_ROLE_REFUSED',
      'signature',
    ],
    ['an identity token for another audience', oidc, () => ({ env: { SLIPWAY_OIDC_TOKEN: token({ aud: 'x' }) } }), 'CLOUD_ROLE_REFUSED', 'audience'],
    ['an identity token that has expired', oidc, () => ({ env: { SLIPWAY_OIDC_TOKEN: token({ exp: 1000 }) } }), 'CLOUD_CREDENTIALS_EXPIRED', 'stale'],
    [
      'an identity that may not act as the account',
      oidc,
      () => ({ env: { SLIPWAY_OIDC_TOKEN: token({ sub: 'pipeline:q' }) } }),
      'CLOUD_ROLE_REFUSED',
      'iam.serviceAccounts.getAccessToken',
    ],
    ['no identity token', oidc, () => ({}), 'CLOUD_CREDENTIALS_MISSING', 'SLIPWAY_OIDC_TOKEN'],
    ['half of the federation', manual, () => ({ settings: { oidcToken: 'x', poolId: 'ci' } }), 'CLOUD_CREDENTIALS_MISSING', 'PLUGIN_PROJECT_NUMBER'],
    ['a machine that is none of its own', inherit, () => ({ env: { GCE_METADATA_HOST: '127.0.0.1:1' } }), 'CLOUD_CREDENTIALS_MISSING', 'does not answer'],
  ] as const)('to %s, with the place and the reason', async (_name, body, given, code, reason) => {
    const said = await refused(body, given())
    expect([said.code, said.at?.file, said.message]).toEqual([code, 'connector.yaml', expect.stringContaining(reason)])
    expect(said.message).not.toMatch(/BEGIN PRIVATE|eyJ/)
  })
})
