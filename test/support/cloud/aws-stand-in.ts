/** STS, ECR and public ECR as one process: every request's signature is computed anew, roles trust whom they trust, answers have AWS' shapes. */
import type { HostMapping } from '../../../src/registry/endpoint.ts'
import type { IdentityProvider } from './identity-provider.ts'
import { judgeSignature, type Key } from './signature-v4.ts'
import { type Asked, formOf, type Reply, startStandIn } from './stand-in.ts'

export interface AwsRole {
  /** Key ids and roles that may take it on. */
  readonly trusts?: readonly string[]
  readonly externalId?: string
  /** Subject of an identity token that may take it on. */
  readonly subject?: string
  /** Rights besides a login; all by default. */
  readonly lacks?: readonly string[]
}

export interface AwsStandInOptions {
  readonly keys?: Readonly<Record<string, Key>>
  readonly roles?: Readonly<Record<string, AwsRole>>
  readonly provider?: IdentityProvider
  /** The password of the user AWS that ECR gives out. */
  readonly password?: string
  /** That registries are of. */
  readonly account?: string
  /** How far its clock is from ours. */
  readonly skewMs?: number
  /** How long logins last. */
  readonly seconds?: number
}

export interface AwsStandIn {
  readonly url: string
  /** `*.amazonaws.com` goes here. */
  readonly hosts: readonly HostMapping[]
  /** `ecr.GetAuthorizationToken us-east-1 as KEY`: what was granted, in order. */
  readonly calls: string[]
  /** By name, what was put there. */
  readonly repositories: Map<string, Readonly<Record<string, unknown>>>
  stop(): Promise<void>
}

interface Session {
  readonly role: string
  readonly key: Key
}

interface State extends AwsStandInOptions {
  readonly sessions: Map<string, Session>
  readonly calls: string[]
  readonly repositories: Map<string, Readonly<Record<string, unknown>>>
}

export async function startAws(o: AwsStandInOptions = {}): Promise<AwsStandIn> {
  const state: State = { ...o, sessions: new Map(), calls: [], repositories: new Map() }
  const { url, stop } = await startStandIn((asked) => (asked.body.startsWith('Action=') ? sts(asked, state) : ecr(asked, state)))
  return { url, hosts: [{ match: '*.amazonaws.com', endpoint: url }], calls: state.calls, repositories: state.repositories, stop }
}

function keysOf({ keys, sessions }: State): Readonly<Record<string, Key>> {
  return { ...keys, ...Object.fromEntries([...sessions].map(([id, { key }]) => [id, key])) }
}

function sts(asked: Asked, state: State): Reply {
  const form = formOf(asked)
  if (typeof form === 'string') return stsError(400, 'MalformedInput', form)
  if (form.get('Version') !== '2011-06-15') return stsError(400, 'InvalidAction', `version ${form.get('Version')}`)
  const arn = form.get('RoleArn') ?? ''
  const role = state.roles?.[arn]
  const duration = Number(form.get('DurationSeconds') ?? 3600)
  if (!/^[\w+=,.@-]{2,64}$/.test(form.get('RoleSessionName') ?? '')) return stsError(400, 'ValidationError', 'roleSessionName failed to satisfy constraint')
  if (duration < 900 || duration > 3600) return stsError(400, 'ValidationError', 'The requested DurationSeconds exceeds the MaxSessionDuration')
  const action = form.get('Action')
  if (action === 'AssumeRoleWithWebIdentity') {
    if (asked.headers.authorization !== undefined) return stsError(400, 'InvalidAction', 'this request is not signed')
    const claims = state.provider?.judge(form.get('WebIdentityToken') ?? '', { audience: 'sts.amazonaws.com' }) ?? 'No OpenIDConnect provider found'
    if (claims === 'expired') return stsError(400, 'ExpiredTokenException', 'Token expired: current date/time must be before the expiration date/time')
    if (typeof claims === 'string') return stsError(400, 'InvalidIdentityToken', `Couldn't retrieve verification key or wrong ${claims}`)
    if (role?.subject === undefined || role.subject !== claims['sub'])
      return stsError(403, 'AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity')
    return session(action, arn, `token ${String(claims['sub'])} session ${form.get('RoleSessionName')} ${duration}s`, state)
  }
  if (action !== 'AssumeRole') return stsError(400, 'InvalidAction', `Could not find operation ${action}`)
  const verdict = judgeSignature(asked, keysOf(state), Date.now() + (state.skewMs ?? 0))
  if (!verdict.ok) return stsError(403, stsNames[verdict.code] ?? verdict.code, verdict.message)
  if (verdict.service !== 'sts' || !isFor(asked, `sts.${verdict.region}`))
    return stsError(403, 'SignatureDoesNotMatch', 'Credential should be scoped to a valid region')
  const who = state.sessions.get(verdict.keyId)?.role ?? verdict.keyId
  if (role?.trusts?.includes(who) !== true || (role.externalId ?? null) !== form.get('ExternalId'))
    return stsError(403, 'AccessDenied', `User: ${who} is not authorized to perform: sts:AssumeRole on resource: ${arn}`)
  return session(action, arn, who, state)
}

const stsNames: Readonly<Record<string, string>> = {
  UnrecognizedClientException: 'InvalidClientTokenId',
  InvalidSignatureException: 'SignatureDoesNotMatch',
  ExpiredTokenException: 'ExpiredToken',
}

function session(action: string, role: string, who: string, state: State): Reply {
  const id = `ASIA${String(state.sessions.size + 1).padStart(16, '0')}`
  const key = { secret: `session-secret-${id}`, sessionToken: `session-token-${id}` }
  state.sessions.set(id, { role, key })
  state.calls.push(`sts.${action} ${role} by ${who}`)
  const until = new Date(Date.now() + 3_600_000).toISOString()
  const credentials = `<Credentials><AccessKeyId>${id}</AccessKeyId><SecretAccessKey>${key.secret}</SecretAccessKey><SessionToken>${key.sessionToken}</SessionToken><Expiration>${until}</Expiration></Credentials>`
  const user = `<AssumedRoleUser><Arn>${role}/x</Arn><AssumedRoleId>AROA:x</AssumedRoleId></AssumedRoleUser>`
  return xml(
    200,
    `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>${credentials}${user}</${action}Result></${action}Response>`,
  )
}

function stsError(status: number, code: string, message: string): Reply {
  return xml(
    status,
    `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
  )
}

function xml(status: number, body: string): Reply {
  return { status, headers: { 'content-type': 'text/xml' }, body }
}

/** Who is sent here by a variable calls us by our own name. */
function isFor({ host }: Asked, name: string): boolean {
  return host === `${name}.amazonaws.com` || host.startsWith('127.0.0.1:')
}

const targets = { AmazonEC2ContainerRegistry_V20150921: 'ecr', SpencerFrontendService: 'ecr-public' } as const

function ecr(asked: Asked, state: State): Reply {
  const [name = '', action = ''] = String(asked.headers['x-amz-target'] ?? '').split('.')
  const service = targets[name as keyof typeof targets]
  if (service === undefined || asked.headers['content-type'] !== 'application/x-amz-json-1.1') return ecrError(400, 'UnknownOperationException', '')
  const verdict = judgeSignature(asked, keysOf(state), Date.now() + (state.skewMs ?? 0))
  if (!verdict.ok) return ecrError(400, verdict.code, verdict.message)
  const { keyId, region } = verdict
  if (verdict.service !== service || !isFor(asked, `api.${service}.${region}`))
    return ecrError(400, 'InvalidSignatureException', `Credential should be scoped to a valid region, not '${region}' for ${asked.host}`)
  const role = state.sessions.get(keyId)?.role
  const who = role ?? keyId
  if (state.roles?.[role ?? '']?.lacks?.includes(action) === true)
    return ecrError(400, 'AccessDeniedException', `User: ${who} is not authorized to perform: ${service}:${action} on resource: *`)
  state.calls.push(`${service}.${action} ${region} as ${who}`)
  return ecrAction(service, action, JSON.parse(asked.body) as Readonly<Record<string, unknown>>, { ...state, region })
}

function ecrAction(service: 'ecr' | 'ecr-public', action: string, input: Readonly<Record<string, unknown>>, state: State & { readonly region: string }): Reply {
  const { repositories, account = '123456789012', region } = state
  const name = String(input['repositoryName'] ?? '')
  const known = repositories.get(name)
  if (action === 'GetAuthorizationToken') {
    const token = Buffer.from(`AWS:${state.password ?? 'ecr-password'}`).toString('base64')
    const data = { authorizationToken: token, expiresAt: Math.floor(Date.now() / 1000) + (state.seconds ?? 43_200) }
    return json(200, { authorizationData: service === 'ecr' ? [{ ...data, proxyEndpoint: `https://${account}.dkr.ecr.${region}.amazonaws.com` }] : data })
  }
  if (action === 'CreateRepository') {
    if (known !== undefined) return ecrError(400, 'RepositoryAlreadyExistsException', `The repository with name '${name}' already exists`)
    repositories.set(name, { ...input })
    return json(200, { repository: { repositoryName: name } })
  }
  if (known === undefined) return ecrError(400, 'RepositoryNotFoundException', `The repository with name '${name}' does not exist`)
  const policy = input['policyText'] ?? input['lifecyclePolicyText']
  if (typeof policy === 'string' && !isJson(policy))
    return ecrError(400, 'InvalidParameterException', `Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid JSON'`)
  repositories.set(name, { ...known, ...input })
  return json(200, {})
}

function ecrError(status: number, type: string, message: string): Reply {
  return json(status, { __type: type, message })
}

function json(status: number, body: object): Reply {
  return { status, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: JSON.stringify(body) }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
