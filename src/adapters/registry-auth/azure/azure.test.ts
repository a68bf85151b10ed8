/** Signing in to Azure in every way, against services that check each request as Azure does. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AzureStandIn, startAzure } from '../../../../test/support/cloud/azure-stand-in.ts'
import { cloudWorld } from '../../../../test/support/cloud/cloud-world.ts'
import { type IdentityProvider, identityProvider } from '../../../../test/support/cloud/identity-provider.ts'
import { readIdentity } from '../../../../test/support/cloud/read-connector.ts'
import { type SelfSigned, selfSigned } from '../../../../test/support/cloud/self-signed.ts'
import { tempProject } from '../../../../test/support/temp-project.ts'
import type { Diagnostic } from '../../../base/diagnostic.ts'
import type { LoginSettings } from '../../../image-job/login.ts'
import { azureCloud } from './acr-host.ts'

const signal = new AbortController().signal
const registry = 'acme.azurecr.io'
const manual = (client: string, auth: string) =>
  `type: Azure, spec: {credential: {type: ManualConfig, spec: {applicationId: ${client}, tenantId: t1, auth: ${auth}}}}`
const withSecret = manual('app-secret', '{type: Secret, spec: {secretRef: s}}')
const withCertificate = manual('app-cert', '{type: Certificate, spec: {certificateRef: c}}')
const oidc =
  'type: Azure, spec: {credential: {type: OidcAuthentication, spec: {applicationId: app-oidc, tenantId: t1, audience: "api://AzureADTokenExchange"}}}'
const managed = (auth: string) => `type: Azure, spec: {credential: {type: InheritFromDelegate, spec: {auth: ${auth}}}}`
const system = managed('{type: SystemAssignedManagedIdentity}')

let provider: IdentityProvider
let own: SelfSigned
let other: SelfSigned
let azure: AzureStandIn
beforeAll(async () => {
  provider = identityProvider('https://ci.example')
  ;[own, other] = [selfSigned('own'), selfSigned('other')]
  azure = await startAzure({
    registry,
    provider,
    identities: ['mi-system', 'mi-user'],
    clients: {
      'app-secret': { tenant: 't1', secret: 's3cret' },
      'app-old': { tenant: 't1', secret: 's3cret', secretExpired: true },
      'app-norole': { tenant: 't1', secret: 's3cret', noRole: true },
      'app-cert': { tenant: 't1', certificate: own.certificate },
      'app-oidc': { tenant: 't1', subject: 'pipeline:p' },
    },
  })
})
afterAll(() => azure.stop())

const pem = ({ key, certificate }: SelfSigned) => `${key}${certificate}`
const token = (claims: object = {}) => provider.token({ sub: 'pipeline:p', aud: 'api://AzureADTokenExchange', ...claims })

interface Given {
  readonly settings?: LoginSettings
  readonly env?: Readonly<Record<string, string>>
  readonly secrets?: Readonly<Record<string, string>>
  readonly skewMs?: number
}

async function login(body: string, { settings, env = {}, secrets, skewMs = 0 }: Given = {}) {
  const plain = cloudWorld({ hosts: azure.hosts, env: { AZURE_POD_IDENTITY_AUTHORITY_HOST: azure.url, ...env } })
  const world = { ...plain, clock: { ...plain.clock, now: () => Date.now() + skewMs } }
  azure.calls.length = 0
  const identity = readIdentity(body, { world, secrets: { s: 's3cret', c: pem(own), ...secrets }, ...(settings !== undefined && { settings }) })
  const [found] = await identity.logins.logins({ registry, repository: 'app' }, { signal })
  return { credentials: await found?.credentials({ signal }), from: found?.from, calls: [...azure.calls], secrets: plain.secrets }
}

async function refused(body: string, given: Given = {}): Promise<Diagnostic> {
  const failure: unknown = await login(body, given).catch((error: unknown) => error)
  return (failure as { readonly diagnostic: Diagnostic }).diagnostic
}

const good = { kind: 'identity-token', token: 'acr-refresh-token', username: '00000000-0000-0000-0000-000000000000', until: expect.any(Number) }

describe('a login for Azure’s registries', () => {
  it('comes from the secret of a client, exchanged at the registry', async () => {
    const { credentials, calls, from, secrets } = await login(withSecret)
    expect([credentials, calls]).toEqual([good, ['secret app-secret of t1', 'exchange app-secret']])
    expect(from).toBe('connector cloud (the client app-secret with the secret s of the connector)')
    expect(secrets).toEqual(expect.arrayContaining(['s3cret', 'aad-token-1', 'acr-refresh-token']))
    const step = await login(system, { settings: { clientId: 'app-secret', tenantId: 't1', clientSecret: 's3cret' } })
    expect(step.calls).toEqual(calls)
  })

  it('comes from a certificate, PEM or base64', async () => {
    expect((await login(withCertificate)).calls).toEqual(['certificate app-cert of t1', 'exchange app-cert'])
    const clientCertificate = Buffer.from(pem(own)).toString('base64')
    const step = await login(system, { settings: { clientId: 'app-cert', tenantId: 't1', clientCertificate } })
    expect([step.credentials, step.calls[0]]).toEqual([good, 'certificate app-cert of t1'])
  })

  it('comes from an identity token: the step’s, the run’s or the pod’s', async () => {
    const calls = ['federated app-oidc of t1', 'exchange app-oidc']
    expect((await login(system, { settings: { clientId: 'app-oidc', tenantId: 't1', oidcToken: token(), clientSecret: 'not asked' } })).calls).toEqual(calls)
    expect((await login(oidc, { env: { SLIPWAY_OIDC_TOKEN: token() } })).calls).toEqual(calls)
    const files = tempProject({ token: token() })
    const pod = { AZURE_CLIENT_ID: 'app-oidc', AZURE_TENANT_ID: 't1', AZURE_FEDERATED_TOKEN_FILE: files.path('token') }
    expect((await login(system, { env: pod })).calls).toEqual(calls)
  })

  it('comes from the machine: its own identity, a named one, or that of an app service', async () => {
    expect((await login(system)).calls).toEqual(['managed mi-system', 'exchange mi-system'])
    const user = managed('{type: UserAssignedManagedIdentity, spec: {clientId: mi-user}}')
    expect((await login(user)).calls).toEqual(['managed mi-user', 'exchange mi-user'])
    const env = { IDENTITY_ENDPOINT: `${azure.url}/metadata/identity/oauth2/token`, IDENTITY_HEADER: 'header-secret' }
    expect((await login(system, { env })).calls[0]).toBe('managed mi-system beside an app')
  })

  it('may be a service principal as it is', async () => {
    const { credentials, calls } = await login(system, { settings: { servicePrincipalId: 'sp', servicePrincipalSecret: 'pw' } })
    expect([credentials, calls]).toEqual([{ kind: 'basic', username: 'sp', password: 'pw' }, []])
  })

  it.each([
    ['acme.azurecr.io', 'https://login.microsoftonline.com'],
    ['acme.azurecr.us', 'https://login.microsoftonline.us'],
    ['acme.azurecr.cn', 'https://login.partner.microsoftonline.cn'],
    ['azurecr.io.example', undefined],
  ])('of %s begins at %s', (name, authority) => {
    expect(azureCloud(name)?.authority).toBe(authority)
  })

  it('begins elsewhere when the variable of Azure’s programs says so', async () => {
    const said = await refused(withSecret, { env: { AZURE_AUTHORITY_HOST: 'http://127.0.0.1:1' } })
    expect([said.code, said.message]).toEqual(['REGISTRY_UNREACHABLE', expect.stringContaining('127.0.0.1:1')])
  })
})

describe('Azure says no', () => {
  it.each([
    ['a wrong secret', withSecret, () => ({ secrets: { s: 'guess' } }), 'CLOUD_CREDENTIALS_REFUSED', 'AADSTS7000215'],
    ['a secret that has expired', withSecret.replace('app-secret', 'app-old'), () => ({}), 'CLOUD_CREDENTIALS_EXPIRED', 'AADSTS7000222'],
    ['a client of another tenant', withSecret.replace('t1', 't2'), () => ({}), 'CLOUD_CREDENTIALS_REFUSED', 'AADSTS700016'],
    ['another certificate', withCertificate, () => ({ secrets: { c: pem(other) } }), 'CLOUD_CREDENTIALS_REFUSED', 'AADSTS700027'],
    ['a clock that is wrong', withCertificate, () => ({ skewMs: -3_600_000 }), 'CLOUD_CLOCK_OFF', 'AADSTS700024'],
    ['a certificate without its key', withCertificate, () => ({ secrets: { c: own.certificate } }), 'CLOUD_CREDENTIALS_UNREADABLE', 'no private key'],
    [
      'a key of another certificate',
      withCertificate,
      () => ({ secrets: { c: `${other.key}${own.certificate}` } }),
      'CLOUD_CREDENTIALS_UNREADABLE',
      'another certificate',
    ],
    ['an identity token that has expired', oidc, () => ({ env: { SLIPWAY_OIDC_TOKEN: token({ exp: 1000 }) } }), 'CLOUD_CREDENTIALS_EXPIRED', 'AADSTS700024'],
    ['an identity token that nobody trusts', oidc, () => ({ env: { SLIPWAY_OIDC_TOKEN: token({ sub: 'x' }) } }), 'CLOUD_ROLE_REFUSED', 'AADSTS700213'],
    ['no identity token', oidc, () => ({}), 'CLOUD_CREDENTIALS_MISSING', 'SLIPWAY_OIDC_TOKEN'],
    [
      'an identity that the machine lacks',
      managed('{type: UserAssignedManagedIdentity, spec: {clientId: mi-none}}'),
      () => ({}),
      'CLOUD_CREDENTIALS_REFUSED',
      'Identity not found',
    ],
    [
      'a machine that is none of its own',
      system,
      () => ({ env: { AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://127.0.0.1:1' } }),
      'CLOUD_CREDENTIALS_MISSING',
      'does not answer',
    ],
    [
      'a client without a right to the registry',
      withSecret.replace('app-secret', 'app-norole'),
      () => ({}),
      'CLOUD_PERMISSION_MISSING',
      'authentication required',
    ],
    ['a connector without its tenant', withSecret.replace('tenantId: t1, ', ''), () => ({}), 'CLOUD_CREDENTIALS_MISSING', 'tenantId'],
    ['a connector without its secret', withSecret.replace('secretRef: s', ''), () => ({}), 'CONNECTOR_INCOMPLETE', 'credential.spec.auth.spec.secretRef'],
  ] as const)('to %s, with the place and the reason', async (_name, body, given, code, reason) => {
    const said = await refused(body, given())
    expect([said.code, said.at?.file, said.message]).toEqual([code, 'connector.yaml', expect.stringContaining(reason)])
    expect(said.message).not.toMatch(/BEGIN|s3cret|eyJ/)
  })
})
