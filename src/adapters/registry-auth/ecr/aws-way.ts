/** How to sign in to AWS: identity token with a role, then keys, then what the machine is; roles to take on come on top. */
import { problem } from '../../../base/problem.ts'
import type { LoginSettings } from '../../../image-job/login.ts'
import type { CloudWorld, Owner, Waiting } from '../cloud/cloud-world.ts'
import type { ConnectorFields } from '../cloud/connector-fields.ts'
import { type IdentityToken, identityToken } from '../cloud/identity-token.ts'

export interface AwsKeys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

export interface AwsRole {
  readonly arn: string
  readonly externalId?: string
}

export interface AwsWay extends Owner {
  readonly start:
    | { readonly kind: 'keys'; readonly read: (w: Waiting) => Promise<AwsKeys> }
    | { readonly kind: 'web-identity'; readonly token: IdentityToken; readonly role: string }
    /** Environment, profile, pod, container, instance: in the order of AWS' own programs. */
    | { readonly kind: 'machine' }
  readonly roles: readonly AwsRole[]
  /** For people, without secrets: what was taken, from where, and why. */
  readonly story: string
}

export interface AwsGiven extends Owner {
  readonly connector?: ConnectorFields
  readonly settings: LoginSettings
}

const files = ['AWS_WEB_IDENTITY_TOKEN_FILE']

export function awsWay(given: AwsGiven, world: CloudWorld): AwsWay {
  const { connector, settings, from, at } = given
  const kind = connector?.text('type') ?? 'InheritFromDelegate'
  const oidcRole = kind === 'OidcAuthentication' ? connector?.need('spec.iamRoleArn') : undefined
  const role = settings.assumeRole ?? connector?.text('crossAccountAccess.crossAccountRoleArn')
  const externalId = settings.externalId ?? connector?.text('crossAccountAccess.externalId')
  const next: readonly AwsRole[] = role === undefined ? [] : [{ arn: role, ...(externalId !== undefined && { externalId }) }]
  const way = (start: AwsWay['start'], roles: readonly AwsRole[], because: string): AwsWay => ({
    from,
    ...(at !== undefined && { at }),
    start,
    roles,
    story: [because, ...roles.map((one) => `then the role ${one.arn}${one.externalId === undefined ? '' : ' with its external id'}`)].join(', '),
  })
  if (settings.oidcToken !== undefined || oidcRole !== undefined) {
    const token = identityToken(settings.oidcToken, files, world, given)
    if (token === undefined)
      throw missing(given, 'its login is an identity token, and none is there: set SLIPWAY_OIDC_TOKEN, SLIPWAY_OIDC_TOKEN_FILE or PLUGIN_OIDC_TOKEN_ID')
    const first = oidcRole ?? role
    if (first === undefined) throw missing(given, 'an identity token is only good together with a role: set PLUGIN_ASSUME_ROLE')
    return way({ kind: 'web-identity', token, role: first }, oidcRole === undefined ? [] : next, `the identity token of ${token.place} as the role ${first}`)
  }
  const keys = keysOf(given, kind)
  if (keys !== undefined) return way({ kind: 'keys', read: keys.read }, next, keys.story)
  if (kind === 'Irsa') return way(podIdentity(given, world), next, 'the service account of the pod (IRSA)')
  return way({ kind: 'machine' }, next, 'the identity of this machine, as no keys are given')
}

function keysOf(given: AwsGiven, kind: string): { readonly read: (w: Waiting) => Promise<AwsKeys>; readonly story: string } | undefined {
  const { connector, settings } = given
  const { accessKey, secretKey } = settings
  if (accessKey !== undefined || secretKey !== undefined) {
    if (accessKey === undefined) throw missing(given, 'PLUGIN_SECRET_KEY is there, and PLUGIN_ACCESS_KEY is not')
    if (secretKey === undefined) throw missing(given, 'PLUGIN_ACCESS_KEY is there, and PLUGIN_SECRET_KEY is not')
    return { read: async () => ({ accessKeyId: accessKey, secretAccessKey: secretKey }), story: `the access key ${shownKey(accessKey)} of the step` }
  }
  if (connector === undefined || kind !== 'ManualConfig') return undefined
  const plain = connector.text('spec.accessKey')
  const id = plain === undefined ? connector.secret('spec.accessKeyRef') : async () => plain
  const secret = connector.secret('spec.secretKeyRef')
  if (id === undefined) connector.need('spec.accessKey')
  if (secret === undefined) connector.need('spec.secretKeyRef')
  const session = connector.secret('spec.sessionTokenRef')
  return {
    story: `the access key ${plain === undefined ? connector.text('spec.accessKeyRef') : shownKey(plain)} of the connector`,
    async read(w) {
      const sessionToken = await session?.(w)
      return { accessKeyId: (await id?.(w)) ?? '', secretAccessKey: (await secret?.(w)) ?? '', ...(sessionToken !== undefined && { sessionToken }) }
    },
  }
}

function podIdentity(given: AwsGiven, world: CloudWorld): AwsWay['start'] {
  const role = world.env['AWS_ROLE_ARN']
  const token = identityToken(undefined, files, world, given)
  if (!role || token === undefined)
    throw missing(given, 'it uses the service account of a pod, and AWS_ROLE_ARN with AWS_WEB_IDENTITY_TOKEN_FILE are not set here')
  return { kind: 'web-identity', token, role }
}

/** Enough to tell keys apart, as the AWS console shows them. */
function shownKey(key: string): string {
  return `****${key.slice(-4)}`
}

function missing({ from, at }: Owner, reason: string) {
  return problem('CLOUD_CREDENTIALS_MISSING', { from, registry: 'AWS', reason }, { at })
}
