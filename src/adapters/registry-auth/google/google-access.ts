/** One identity at Google: an access token, kept until shortly before its end, as the password of `oauth2accesstoken`. */
import { readFile } from 'node:fs/promises'
import { problem } from '../../../base/problem.ts'
import type { Credentials } from '../../../ports/registry-auth.ts'
import type { CloudWorld, Waiting } from '../cloud/cloud-world.ts'
import { type Expiring, renewed } from '../cloud/renewed.ts'
import { type GoogleKeyFile, readKeyFile } from '../cloud/schema.ts'
import { exchangedToken, type GoogleAsking, impersonatedToken, impersonationUrl, subjectOf, tokenOfKey, tokenOfMachine, tokenOfUser } from './google-tokens.ts'
import type { Federation, GoogleWay } from './google-way.ts'

export interface GoogleAccess {
  readonly way: GoogleWay
  login(w: Waiting): Promise<Credentials>
  /** For services other than registries. */
  token(w: Waiting): Promise<string>
}

export function googleAccess(way: GoogleWay, world: CloudWorld): GoogleAccess {
  const token = renewed(world.clock, (w) => tokenOf(way, { owner: way, world, signal: w.signal }))
  return {
    way,
    async login(w) {
      const { value, until } = await token(w)
      return { kind: 'basic', username: 'oauth2accesstoken', password: value, ...(until !== undefined && { until }) }
    },
    token: async (w) => (await token(w)).value,
  }
}

async function tokenOf({ start }: GoogleWay, o: GoogleAsking): Promise<Expiring<string>> {
  switch (start.kind) {
    case 'token':
      return { value: start.token }
    case 'federation':
      return federated(start.federation, o)
    case 'key':
      return ofKeyFile(await start.read(o), 'service account key', o)
    case 'machine': {
      const file = o.world.env['GOOGLE_APPLICATION_CREDENTIALS']
      if (!file) return tokenOfMachine(o)
      const content = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
        throw unreadable('file of GOOGLE_APPLICATION_CREDENTIALS', cause.message, o, cause)
      })
      return ofKeyFile(content, 'file of GOOGLE_APPLICATION_CREDENTIALS', o)
    }
  }
}

async function federated({ token, projectNumber, pool, provider, serviceAccount }: Federation, o: GoogleAsking): Promise<Expiring<string>> {
  const audience = `//iam.googleapis.com/projects/${projectNumber}/locations/global/workloadIdentityPools/${pool}/providers/${provider}`
  const subject = await token.read()
  o.world.onSecret(subject)
  const subjectType = 'urn:ietf:params:oauth:token-type:jwt'
  const first = await exchangedToken({ subject, subjectType, audience, url: 'https://sts.googleapis.com/v1/token' }, o)
  return impersonatedToken(impersonationUrl(serviceAccount), first.value, o)
}

/** Plain or base64. */
async function ofKeyFile(content: string, what: string, o: GoogleAsking): Promise<Expiring<string>> {
  const text = content.trimStart().startsWith('{') ? content : Buffer.from(content, 'base64').toString('utf8')
  const read = readKeyFile(text)
  if (!read.ok) throw unreadable(what, read.reason, o)
  return ofKey(read.value, o)
}

async function ofKey(key: GoogleKeyFile, o: GoogleAsking): Promise<Expiring<string>> {
  switch (key.type) {
    case 'service_account':
      return tokenOfKey(key, o)
    case 'authorized_user':
      return tokenOfUser(key, o)
    case 'external_account': {
      const subject = await subjectOf(key, o.owner)
      o.world.onSecret(subject)
      const exchange = { subject, subjectType: key.subject_token_type ?? '', audience: key.audience, url: key.token_url ?? '' }
      const first = await exchangedToken(exchange, o)
      return key.service_account_impersonation_url ? impersonatedToken(key.service_account_impersonation_url, first.value, o) : first
    }
  }
}

function unreadable(what: string, reason: string, { owner }: GoogleAsking, cause?: unknown) {
  return problem('CLOUD_CREDENTIALS_UNREADABLE', { what, from: owner.from, reason }, { cause, at: owner.at })
}
