/** How to sign in to Google: a token as it is, an identity token, a key file, or what the machine is. */
import { problem } from '../../../base/problem.ts'
import type { LoginSettings } from '../../../image-job/login.ts'
import type { CloudWorld, Owner, Waiting } from '../cloud/cloud-world.ts'
import type { ConnectorFields } from '../cloud/connector-fields.ts'
import { type IdentityToken, identityToken } from '../cloud/identity-token.ts'

export interface GoogleGiven extends Owner {
  readonly connector?: ConnectorFields
  readonly settings: LoginSettings
}

export interface Federation {
  readonly token: IdentityToken
  readonly projectNumber: string
  readonly pool: string
  readonly provider: string
  readonly serviceAccount: string
}

export interface GoogleWay extends Owner {
  readonly start:
    | { readonly kind: 'token'; readonly token: string }
    | { readonly kind: 'federation'; readonly federation: Federation }
    | { readonly kind: 'key'; readonly read: (w: Waiting) => Promise<string> }
    /** The file that GOOGLE_APPLICATION_CREDENTIALS names, else the metadata server. */
    | { readonly kind: 'machine' }
  /** For people, without secrets: what was taken, from where, and why. */
  readonly story: string
}

export function googleWay(given: GoogleGiven, world: CloudWorld): GoogleWay {
  const { connector, settings, from, at } = given
  const way = (start: GoogleWay['start'], story: string): GoogleWay => ({ from, ...(at !== undefined && { at }), start, story })
  const kind = connector?.text('type') ?? 'InheritFromDelegate'
  if (settings.accessToken !== undefined) return way({ kind: 'token', token: settings.accessToken }, 'the access token of the step')
  if (settings.oidcToken !== undefined || kind === 'OidcAuthentication') {
    const federation = federationOf(given, world)
    return way({ kind: 'federation', federation }, `the identity token of ${federation.token.place} as ${federation.serviceAccount}`)
  }
  const { jsonKey } = settings
  if (jsonKey !== undefined) return way({ kind: 'key', read: async () => jsonKey }, 'the service account key of the step')
  if (kind === 'ManualConfig' && settings.workloadIdentity === undefined) {
    const read = connector?.secret('spec.secretKeyRef')
    if (read === undefined) connector?.need('spec.secretKeyRef')
    else return way({ kind: 'key', read }, `the service account key ${connector?.text('spec.secretKeyRef')} of the connector`)
  }
  return way({ kind: 'machine' }, settings.workloadIdentity === undefined ? 'the identity of this machine, as no key is given' : 'the identity of this machine')
}

function federationOf(given: GoogleGiven, world: CloudWorld): Federation {
  const { connector, settings, from, at } = given
  const missing = (reason: string) => problem('CLOUD_CREDENTIALS_MISSING', { from, registry: 'Google', reason }, { at })
  const token = identityToken(settings.oidcToken, [], world, given)
  if (token === undefined)
    throw missing('its login is an identity token, and none is there: set SLIPWAY_OIDC_TOKEN, SLIPWAY_OIDC_TOKEN_FILE or PLUGIN_OIDC_TOKEN_ID')
  const need = (value: string | undefined, variable: string, path: string): string => {
    const found = value ?? connector?.text(path)
    if (found === undefined) throw missing(`an identity token needs ${variable}${connector === undefined ? '' : ` or credential.${path} of the connector`}`)
    return found
  }
  return {
    token,
    projectNumber: need(settings.projectNumber, 'PLUGIN_PROJECT_NUMBER', 'spec.gcpProjectId'),
    pool: need(settings.poolId, 'PLUGIN_POOL_ID', 'spec.workloadPoolId'),
    provider: need(settings.providerId, 'PLUGIN_PROVIDER_ID', 'spec.providerId'),
    serviceAccount: need(settings.serviceAccountEmail, 'PLUGIN_SERVICE_ACCOUNT_EMAIL', 'spec.serviceAccountEmail'),
  }
}
