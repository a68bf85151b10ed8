/** What the settings of a step say about signing in, as far as it is known. Secrets are there by name, or hidden. */
import { type Hidden, hidden } from '../base/hidden.ts'
import { mapPlanned, type Planned } from '../base/planned.ts'
import type { Text } from '../base/secret-text.ts'
import { rows } from '../settings/image-settings.ts'
import type { Knobs } from './knobs.ts'

// biome-ignore format: a list of words
const textKeys = [
  'registry', 'username', 'password', 'accessToken', 'config', 'baseRegistry', 'baseUsername', 'basePassword',
  'accessKey', 'secretKey', 'assumeRole', 'externalId', 'oidcToken',
  'jsonKey', 'projectNumber', 'poolId', 'providerId', 'serviceAccountEmail',
  'clientId', 'clientSecret', 'clientCertificate', 'tenantId', 'authorityHost', 'servicePrincipalId', 'servicePrincipalSecret',
] as const

export type LoginKey = (typeof textKeys)[number] | 'workloadIdentity'

/** With every value in place. Absent: nobody set it. */
export type LoginSettings = Readonly<Partial<Record<LoginKey, string>>>

export type PlannedLogin = Readonly<Partial<Record<LoginKey, Planned<Text | Hidden>>>>

export function loginOf(k: Knobs): PlannedLogin {
  const login: Partial<Record<LoginKey, Planned<Text | Hidden>>> = {}
  for (const key of textKeys) {
    const value = k.given(key) ? k.text(key) : undefined
    if (value !== undefined) login[key] = rows[key]?.secret === true ? mapPlanned<Text, Text | Hidden>(value, hide) : value
  }
  if (k.on('workloadIdentity')) login.workloadIdentity = { kind: 'known', value: 'true' }
  return login
}

function hide(text: Text): Text | Hidden {
  return typeof text === 'string' ? hidden(text) : text
}
