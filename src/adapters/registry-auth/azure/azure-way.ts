/** How to sign in to Azure: a login as it is, an identity token, a secret, a certificate, or what the machine is. */
import { problem } from '../../../base/problem.ts'
import type { LoginSettings } from '../../../image-job/login.ts'
import type { CloudWorld, Owner, Waiting } from '../cloud/cloud-world.ts'
import type { ConnectorFields } from '../cloud/connector-fields.ts'
import { type IdentityToken, identityToken } from '../cloud/identity-token.ts'

export interface AzureGiven extends Owner {
  readonly connector?: ConnectorFields
  readonly settings: LoginSettings
}

type Read = (w: Waiting) => Promise<string>

export interface AzureApp {
  readonly tenant: string
  readonly clientId: string
  readonly proof:
    | { readonly kind: 'secret'; readonly read: Read }
    | { readonly kind: 'certificate'; readonly read: Read }
    | { readonly kind: 'federated'; readonly token: IdentityToken }
}

export interface AzureWay extends Owner {
  readonly start:
    | { readonly kind: 'direct'; readonly username: string; readonly password: string }
    | { readonly kind: 'app'; readonly app: AzureApp }
    /** `clientId` chooses among the identities of the machine. */
    | { readonly kind: 'managed'; readonly clientId?: string }
  /** Where people log in, when it is not that of the registry's cloud. */
  readonly authority?: string
  /** For people, without secrets: what was taken, from where, and why. */
  readonly story: string
}

const files = ['AZURE_FEDERATED_TOKEN_FILE']

export function azureWay(given: AzureGiven, world: CloudWorld): AzureWay {
  const { settings, from, at } = given
  const authority = authorityOf(given, world)
  const way = (start: AzureWay['start'], story: string): AzureWay => ({
    from,
    ...(at !== undefined && { at }),
    start,
    ...(authority !== undefined && { authority }),
    story,
  })
  const { servicePrincipalId: username, servicePrincipalSecret: password } = settings
  if (username !== undefined && password !== undefined) return way({ kind: 'direct', username, password }, 'the service principal of the step, directly')
  return ofStep(given, world, way) ?? ofConnector(given, world, way) ?? ofMachine(given, world, way)
}

type Make = (start: AzureWay['start'], story: string) => AzureWay

function ofStep(given: AzureGiven, world: CloudWorld, way: Make): AzureWay | undefined {
  const { settings } = given
  const { clientSecret: secret, clientCertificate: certificate, oidcToken } = settings
  if (oidcToken === undefined && secret === undefined && certificate === undefined) return undefined
  const who = { tenant: tenantOf(given, world), clientId: clientOf(given, world) }
  const token = oidcToken === undefined ? undefined : identityToken(oidcToken, files, world, given)
  if (token !== undefined)
    return way({ kind: 'app', app: { ...who, proof: { kind: 'federated', token } } }, `the identity token of ${token.place} as the client ${who.clientId}`)
  if (secret !== undefined)
    return way({ kind: 'app', app: { ...who, proof: { kind: 'secret', read: async () => secret } } }, `the client ${who.clientId} with the secret of the step`)
  const read: Read = async () => certificate ?? ''
  return way({ kind: 'app', app: { ...who, proof: { kind: 'certificate', read } } }, `the client ${who.clientId} with the certificate of the step`)
}

function ofConnector(given: AzureGiven, world: CloudWorld, way: Make): AzureWay | undefined {
  const { connector } = given
  const kind = connector?.text('type')
  if (connector === undefined || kind === undefined) return undefined
  if (kind === 'OidcAuthentication') {
    const who = { tenant: tenantOf(given, world), clientId: clientOf(given, world) }
    const token = identityToken(undefined, files, world, given)
    if (token === undefined)
      throw missing(given, 'its login is an identity token, and none is there: set SLIPWAY_OIDC_TOKEN, SLIPWAY_OIDC_TOKEN_FILE or PLUGIN_OIDC_TOKEN_ID')
    return way({ kind: 'app', app: { ...who, proof: { kind: 'federated', token } } }, `the identity token of ${token.place} as the client ${who.clientId}`)
  }
  if (kind === 'ManualConfig') {
    const who = { tenant: tenantOf(given, world), clientId: clientOf(given, world) }
    const byCertificate = connector.text('spec.auth.type') === 'Certificate'
    const path = byCertificate ? 'spec.auth.spec.certificateRef' : 'spec.auth.spec.secretRef'
    const name = connector.need(path)
    const read = connector.secret(path) as Read
    const what = byCertificate ? 'certificate' : 'secret'
    return way({ kind: 'app', app: { ...who, proof: { kind: what, read } } }, `the client ${who.clientId} with the ${what} ${name} of the connector`)
  }
  const clientId = connector.text('spec.auth.spec.clientId')
  if (connector.text('spec.auth.type') === 'UserAssignedManagedIdentity') connector.need('spec.auth.spec.clientId')
  return clientId === undefined ? undefined : way({ kind: 'managed', clientId }, `the managed identity ${clientId} of this machine`)
}

/** A pod with workload identity says so by three variables; any other machine has a managed identity or none. */
function ofMachine(given: AzureGiven, world: CloudWorld, way: Make): AzureWay {
  const { AZURE_CLIENT_ID: client, AZURE_TENANT_ID: tenant, AZURE_FEDERATED_TOKEN_FILE: file } = world.env
  const clientId = given.settings.clientId ?? client
  if (clientId && tenant && file) {
    const token = identityToken(undefined, files, { ...world, env: { AZURE_FEDERATED_TOKEN_FILE: file } }, given)
    if (token !== undefined)
      return way({ kind: 'app', app: { tenant, clientId, proof: { kind: 'federated', token } } }, `the workload identity ${clientId} of this pod`)
  }
  return way({ kind: 'managed', ...(clientId && { clientId }) }, `the managed identity${clientId ? ` ${clientId}` : ''} of this machine, as no secret is given`)
}

function tenantOf(given: AzureGiven, { env }: CloudWorld): string {
  const tenant = given.settings.tenantId ?? given.connector?.text('spec.tenantId') ?? env['AZURE_TENANT_ID']
  if (tenant === undefined || tenant === '') throw missing(given, 'the tenant is not known: set tenantId in the connector, or PLUGIN_TENANT_ID')
  return tenant
}

function clientOf(given: AzureGiven, { env }: CloudWorld): string {
  const client = given.settings.clientId ?? given.connector?.text('spec.applicationId') ?? env['AZURE_CLIENT_ID']
  if (client === undefined || client === '') throw missing(given, 'the client is not known: set applicationId in the connector, or PLUGIN_CLIENT_ID')
  return client
}

function authorityOf({ settings, connector }: AzureGiven, { env }: CloudWorld): string | undefined {
  const named = settings.authorityHost ?? (env['AZURE_AUTHORITY_HOST'] || undefined)
  if (named !== undefined) return /^https?:\/\//.test(named) ? named.replace(/\/+$/, '') : `https://${named.replace(/\/+$/, '')}`
  return connector?.environment === 'AZURE_US_GOVERNMENT' ? 'https://login.microsoftonline.us' : undefined
}

function missing({ from, at }: Owner, reason: string) {
  return problem('CLOUD_CREDENTIALS_MISSING', { from, registry: 'Azure', reason }, { at })
}
