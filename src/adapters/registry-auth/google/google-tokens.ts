/** Google's token services, spoken to directly: key to token, identity token to token, token to another account's token, metadata server. */
import { readFile } from 'node:fs/promises'
import { problem } from '../../../base/problem.ts'
import { askCloud, type CloudAnswer, type CloudAsk } from '../cloud/cloud-http.ts'
import type { CloudWorld, Owner, Waiting } from '../cloud/cloud-world.ts'
import type { Expiring } from '../cloud/renewed.ts'
import { type GoogleKeyFile, json, readAccessToken, readImpersonated } from '../cloud/schema.ts'
import { privateKey, signedToken } from '../cloud/signed-token.ts'
import { googleProblem } from './google-problem.ts'

export interface GoogleAsking extends Waiting {
  readonly owner: Owner
  readonly world: CloudWorld
}

/** What pushing to either registry needs. */
const scope = 'https://www.googleapis.com/auth/cloud-platform'
const lifeSeconds = 3600

type KeyOf<T extends GoogleKeyFile['type']> = Extract<GoogleKeyFile, { readonly type: T }>

/** A token of our own making for one of theirs: https://developers.google.com/identity/protocols/oauth2/service-account#httprest */
export async function tokenOfKey(key: KeyOf<'service_account'>, o: GoogleAsking): Promise<Expiring<string>> {
  const signing = privateKey(key.private_key)
  if (signing === undefined) {
    const reason = '"private_key" is no private key in PEM'
    throw problem('CLOUD_CREDENTIALS_UNREADABLE', { what: 'service account key', from: o.owner.from, reason }, { at: o.owner.at })
  }
  const now = Math.floor(o.world.clock.now() / 1000)
  const claims = { iss: key.client_email, scope, aud: key.token_uri, iat: now, exp: now + lifeSeconds }
  const assertion = signedToken(key.private_key_id ? { kid: key.private_key_id } : {}, claims, signing, 'RS256')
  const form = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }
  return plainToken({ service: 'the token service of Google', what: `a token of ${key.client_email}`, url: key.token_uri ?? '', form }, o)
}

export async function tokenOfUser(key: KeyOf<'authorized_user'>, o: GoogleAsking): Promise<Expiring<string>> {
  const { client_id, client_secret, refresh_token } = key
  const form = { grant_type: 'refresh_token', client_id, client_secret, refresh_token }
  return plainToken({ service: 'the token service of Google', what: 'a token of the user', url: 'https://oauth2.googleapis.com/token', form }, o)
}

export interface Exchange {
  readonly subject: string
  readonly subjectType: string
  /** `//iam.googleapis.com/projects/N/locations/global/workloadIdentityPools/P/providers/V` */
  readonly audience: string
  readonly url: string
}

/** RFC 8693, as Google's security token service has it. */
export async function exchangedToken({ subject, subjectType, audience, url }: Exchange, o: GoogleAsking): Promise<Expiring<string>> {
  const form = {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    audience,
    scope,
    requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    subject_token: subject,
    subject_token_type: subjectType,
  }
  return plainToken(
    { service: 'the security token service of Google', what: 'an identity token', url, form },
    o,
    audience.replace(/^.*\/projects\//, 'projects/'),
  )
}

export function impersonationUrl(serviceAccount: string): string {
  return `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${encodeURIComponent(serviceAccount)}:generateAccessToken`
}

export async function impersonatedToken(url: string, token: string, o: GoogleAsking): Promise<Expiring<string>> {
  const account = decodeURIComponent(/serviceAccounts\/([^:]+):/.exec(url)?.[1] ?? url)
  const service = 'IAM of Google'
  const ask: CloudAsk = {
    service,
    what: `a token of ${account}`,
    url,
    headers: { authorization: `Bearer ${token}` },
    json: { scope: [scope], lifetime: `${lifeSeconds}s` },
  }
  const answer = await askCloud(ask, o.world, o)
  const found = answer.status === 200 ? readImpersonated(answer.text) : undefined
  if (found === undefined) throw googleProblem(answer, { owner: o.owner, service, what: ask.what, role: account, secrets: [token] })
  o.world.onSecret(found.token)
  return { value: found.token, until: found.until ?? o.world.clock.now() + lifeSeconds * 1000 }
}

/** https://cloud.google.com/compute/docs/metadata/querying-metadata */
export async function tokenOfMachine(o: GoogleAsking): Promise<Expiring<string>> {
  const { env } = o.world
  const host = env['GCE_METADATA_HOST'] || env['GCE_METADATA_IP'] || 'metadata.google.internal'
  const url = `http://${host}/computeMetadata/v1/instance/service-accounts/default/token?scopes=${encodeURIComponent(scope)}`
  const service = 'the metadata server of Google'
  const ask: CloudAsk = { service, what: 'a token of this machine', url, headers: { 'metadata-flavor': 'Google' }, attempts: 2, patienceMs: 5000 }
  const answer = await askCloud(ask, o.world, o).catch((cause: unknown) => {
    o.signal.throwIfAborted()
    const reason = `GOOGLE_APPLICATION_CREDENTIALS is not set, and ${host} does not answer: this machine is none of Google's`
    throw problem('CLOUD_CREDENTIALS_MISSING', { from: o.owner.from, registry: 'Google', reason }, { cause, at: o.owner.at })
  })
  // Anything may answer under that address in other networks.
  if (answer.header('metadata-flavor') !== 'Google') {
    const reason = `what answers at ${host} is no metadata server of Google`
    throw problem('CLOUD_CREDENTIALS_MISSING', { from: o.owner.from, registry: 'Google', reason }, { at: o.owner.at })
  }
  return tokenFrom(answer, { owner: o.owner, service, what: ask.what, secrets: [] }, o)
}

async function plainToken(ask: CloudAsk, o: GoogleAsking, role?: string): Promise<Expiring<string>> {
  const secrets = ['assertion', 'subject_token', 'refresh_token', 'client_secret'].flatMap((name) => ask.form?.[name] ?? [])
  const answer = await askCloud(ask, o.world, o)
  return tokenFrom(answer, { owner: o.owner, service: ask.service, what: ask.what, secrets, ...(role !== undefined && { role }) }, o)
}

function tokenFrom(answer: CloudAnswer, asked: Parameters<typeof googleProblem>[1], { world }: GoogleAsking): Expiring<string> {
  const found = answer.status === 200 ? readAccessToken(answer.text) : undefined
  if (found === undefined) throw googleProblem(answer, asked)
  world.onSecret(found.token)
  return { value: found.token, until: world.clock.now() + found.seconds * 1000 }
}

/** The token that an `external_account` file points at. */
export async function subjectOf({ credential_source: source }: KeyOf<'external_account'>, owner: Owner): Promise<string> {
  const unreadable = (reason: string, cause?: unknown) =>
    problem('CLOUD_CREDENTIALS_UNREADABLE', { what: 'identity token', from: owner.from, reason }, { cause, at: owner.at })
  const text = await readFile(source.file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw unreadable(`${source.file}: ${cause.message}`, cause)
  })
  if (source.format?.type !== 'json') return text.trim()
  const value = json(text)
  const field = source.format.subject_token_field_name ?? 'access_token'
  const token = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[field] : undefined
  if (typeof token !== 'string') throw unreadable(`${source.file} holds no "${field}"`)
  return token
}
